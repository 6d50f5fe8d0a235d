namespace Quorate.Bench.Comparison;

/// <summary>A cluster of three processes that speaks etcd's API.</summary>
internal interface IServers : IAsyncDisposable
{
    /// <summary>Client addresses, host and port.</summary>
    IReadOnlyList<string> Endpoints { get; }

    /// <summary>Its processes, in the same order.</summary>
    IReadOnlyList<int> ProcessIds { get; }
}
