using BenchmarkDotNet.Attributes;
using Quorate.Bench;
using Quorate.KeyValue;

namespace Quorate.Microbenchmarks;

/// <summary>Finding out who wants a change, and handing it to whoever does; each of the watchers watches a key of its own.</summary>
[MemoryDiagnoser]
public class WatchMatching
{
    private WatchWorld? _world;
    private int _step;

    [Params(1, 10_000)]
    public int Watchers { get; set; }

    [GlobalSetup]
    public void Watch()
    {
        _world = new WatchWorld();
        _world.WatchOwnKeys(Watchers, startRevision: 2);
    }

    [Benchmark(Description = "watch: put and publication that nobody wants")]
    public void Unwanted()
    {
        StoreHistory version = _world!.Put("other", 256);
        _world.Deliver(version);
    }

    [Benchmark(Description = "watch: put, publication, one watcher told")]
    public void Wanted()
    {
        _step = (_step + 7919) % Watchers;
        StoreHistory version = _world!.Put(WatchWorld.KeyOf(_step), 256);
        _world.Deliver(version);
        _world.TakeAll();
    }
}
