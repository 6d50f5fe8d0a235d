using BenchmarkDotNet.Attributes;
using Quorate.Raft.Tests.Harness;

namespace Quorate.Microbenchmarks;

/// <summary>The algorithm: an entry of 256 bytes through three cores, from the proposal until the commit is known everywhere.</summary>
[MemoryDiagnoser]
public class CoreStep
{
    private readonly CoreTrio _cores = new();

    [Benchmark(OperationsPerInvoke = CoreTrio.BatchEntries, Description = "core: an entry, of a batch of 64")]
    public void CommitBatch() => _cores.CommitBatch();
}
