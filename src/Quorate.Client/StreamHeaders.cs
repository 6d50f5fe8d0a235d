using Quorate.Grpc;

namespace Quorate.Client;

/// <summary>What the client says beside the messages of a stream.</summary>
internal static class StreamHeaders
{
    /// <summary>etcd's way to ask that a stream ends once the member knows no leader.</summary>
    public static Metadata RequireLeader { get; } = new() { { "hasleader", "true" } };
}
