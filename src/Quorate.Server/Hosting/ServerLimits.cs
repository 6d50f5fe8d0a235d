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
}
