using System.Net.Security;

namespace Quorate.Grpc;

/// <summary>How a channel connects, and its limits.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>The largest message that a client takes, unless told otherwise: 256 MiB, room for large ranges.</summary>
    public const int DefaultReceiveMessageBytesMax = 256 * 1024 * 1024;

    /// <summary>The largest message that is accepted, after decompression.</summary>
    public int ReceiveMessageBytesMax { get; set; } = DefaultReceiveMessageBytesMax;

    /// <summary>How long a connection may take to come about before the server counts as unreachable.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>After how long a silence on a connection with calls the server is asked whether it is there; never if null.</summary>
    public TimeSpan? KeepAlivePingDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the answer to that may take before the connection counts as lost.</summary>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether another connection is opened when the first carries as many calls as the server allows. If not,
    /// further calls wait for one to end.
    /// </summary>
    public bool EnableMultipleHttp2Connections { get; set; } = true;

    /// <summary>How the server's certificate is checked and which one is shown, for an https address; the system's ways if null.</summary>
    public SslClientAuthenticationOptions? SslOptions { get; set; }
}
