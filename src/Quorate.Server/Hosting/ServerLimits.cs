using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Quorate.Server.Hosting;

/// <summary>Bounds of the client port.</summary>
internal static class ServerLimits
{
    /// <summary>Connections at once, where the process may open as many files; more are closed at once.</summary>
    public const int ConnectionsMax = 50_000;

    /// <summary>Calls at once on one connection; a client that wants more waits or opens another.</summary>
    public const int StreamsPerConnectionMax = 10_000;

    /// <summary>What a client may send on one connection before it is read.</summary>
    public const int ConnectionWindowBytes = 8 << 20;

    /// <summary>What a client may send in one call before it is read.</summary>
    public const int StreamWindowBytes = 1 << 20;

    /// <summary>How long nothing may come on a connection until its client is asked whether it is still there: what etcd and gRPC's keepalive take.</summary>
    public static readonly TimeSpan KeepAliveDelay = TimeSpan.FromSeconds(30);

    /// <summary>How long an HTTP/2 client may take for the answer; then its connection is ended.</summary>
    public static readonly TimeSpan KeepAlivePingTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Pause between two questions that TCP asks, which the client's system answers by itself.</summary>
    public static readonly TimeSpan TcpKeepAliveInterval = TimeSpan.FromSeconds(10);

    /// <summary>So many of which unanswered end a connection.</summary>
    public const int TcpKeepAliveProbes = 3;

    /// <summary>Tells Kestrel the bounds that are its to keep.</summary>
    public static void Apply(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;

        // Kestrel would cut the whole connection of a client that leaves one of its streams unread for seconds. What
        // lies on the way to it is bounded by its windows.
        limits.MinResponseDataRate = null;
        limits.Http2.MaxStreamsPerConnection = StreamsPerConnectionMax;
        limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
        limits.Http2.InitialStreamWindowSize = StreamWindowBytes;

        // A machine that vanishes ends no connection: its watches, and its places in the lines of locks, would stay for ever.
        limits.Http2.KeepAlivePingDelay = KeepAliveDelay;
        limits.Http2.KeepAlivePingTimeout = KeepAlivePingTimeout;
    }
}
