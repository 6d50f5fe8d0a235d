namespace Quorate.Grpc;

/// <summary>What a client asks for in one call.</summary>
/// <param name="Headers">What travels beside the messages.</param>
/// <param name="Deadline">When the client gives up, in UTC; the server is told. Never if null.</param>
/// <param name="CancellationToken">Gives the call up; the server is told.</param>
public readonly record struct CallOptions(
    Metadata? Headers = null,
    DateTime? Deadline = null,
    CancellationToken CancellationToken = default);
