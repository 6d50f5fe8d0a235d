using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Quorate.KeyValue;

namespace Quorate.Microbenchmarks;

/// <summary>A snapshot of 10,000 keys of 256 bytes with sixty versions each, written in no order: each version stands somewhere else.</summary>
[MemoryDiagnoser]
public class StoreSnapshot
{
    private const int Keys = 10_000;
    private const int Versions = 60 * Keys;

    private readonly KeyValueStore _store = new();

    [GlobalSetup]
    public void Fill()
    {
        byte[] value = new byte[256];
        var random = new Random(1);
        for (int i = 0; i < Versions; i++)
        {
            WriteTransaction transaction = _store.Begin();
            transaction.Put(Encoding.UTF8.GetBytes(random.Next(Keys).ToString("d17", CultureInfo.InvariantCulture)), value, 0);
            transaction.CommitUnpublished();
        }

        _store.Publish();
    }

    [Benchmark(Description = "store: snapshot, a version", OperationsPerInvoke = Versions)]
    public long Write()
    {
        long bytes = 0;
        foreach (ReadOnlyMemory<byte> piece in _store.Current.WriteSnapshot())
        {
            bytes += piece.Length;
        }

        return bytes;
    }
}
