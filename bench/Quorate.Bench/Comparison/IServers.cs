namespace Quorate.Bench.Comparison;

/// <summary>A cluster of processes that speaks etcd's API. Members are known by their place in the lists.</summary>
internal interface IServers : IAsyncDisposable
{
    /// <summary>Client addresses, host and port.</summary>
    IReadOnlyList<string> Endpoints { get; }

    /// <summary>Its processes, in the same order.</summary>
    IReadOnlyList<int> ProcessIds { get; }

    /// <summary>SIGKILL, and waits for the end.</summary>
    Task KillAsync(int member);

    /// <summary>SIGTERM, and waits for the end.</summary>
    Task StopAsync(int member);

    /// <summary>Starts a member again with its data, without waiting until it serves.</summary>
    void Start(int member);
}
