using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Quorate.KeyValue;

namespace Quorate.Microbenchmarks;

/// <summary>The key-value store with 100,000 keys of 256 bytes, each step at another key.</summary>
[MemoryDiagnoser]
public class StoreSteps
{
    private const int Keys = 100_000;

    /// <summary>History is dropped now and then, as automatic compaction does, so that the store does not grow without end.</summary>
    private const int PutsBetweenCompactions = 100_000;

    private static readonly byte[] s_value = new byte[256];

    private readonly KeyValueStore _store = new();
    private readonly byte[][] _keys = [.. Enumerable.Range(0, Keys).Select(key => Encoding.UTF8.GetBytes(key.ToString("d22", CultureInfo.InvariantCulture)))];
    private int _step;

    private byte[] NextKey => _keys[(_step = (_step + 7919) % Keys)];

    [GlobalSetup]
    public void Fill()
    {
        foreach (byte[] key in _keys)
        {
            WriteTransaction transaction = _store.Begin();
            transaction.Put(key, s_value, 0);
            transaction.CommitUnpublished();
        }

        _store.Publish();
    }

    [Benchmark(Description = "store: put, published")]
    public void Put()
    {
        WriteTransaction transaction = _store.Begin();
        transaction.Put(NextKey, s_value, 0);
        transaction.CommitUnpublished();
        _store.Publish();
        if (_store.History.Revision % PutsBetweenCompactions == 0)
        {
            _store.Compact(_store.History.Revision);
            while (_store.CollectGarbage(PutsBetweenCompactions))
            {
            }
        }
    }

    [Benchmark(Description = "store: get")]
    public object? Get() => _store.Current.Get(NextKey);

    [Benchmark(Description = "store: range of 1,000 keys")]
    public object Range() => _store.Current.Range(new RangeQuery { Keys = KeyRange.From(_keys[_step = (_step + 7919) % (Keys / 2)]), Limit = 1000 });
}
