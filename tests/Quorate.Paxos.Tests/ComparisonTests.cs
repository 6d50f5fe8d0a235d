using Quorate.Simulation.Comparison;

namespace Quorate.Paxos.Tests;

/// <summary>Raft and Paxos over the same failures (spec P1): what docs/paxos-raft-zab.md says must be so.</summary>
public sealed class ComparisonTests
{
    private static readonly ComparisonOptions s_short = new() { Duration = TimeSpan.FromSeconds(20), Kills = 4, DuelBound = TimeSpan.FromSeconds(5) };
    private static readonly Lazy<ComparisonResult> s_result = new(() => new ComparisonRun(1, s_short).Execute());

    [Fact]
    public void Dump() => throw new InvalidOperationException(string.Join("\n", (IEnumerable<object>)[.. s_result.Value.Delays, .. s_result.Value.Calm, .. s_result.Value.UnderFaults, .. s_result.Value.Recovery, .. s_result.Value.Duels]));
}
