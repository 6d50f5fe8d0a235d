using Quorate.Simulation.Runs;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>What a hunt has come by so far.</summary>
internal sealed class HuntTotals
{
    public ulong FirstSeed { get; init; }

    public long Runs { get; private set; }

    /// <summary>How many of <see cref="Runs"/> were of Paxos. Requests and states are those of the others.</summary>
    public long PaxosRuns { get; private set; }

    /// <summary>Values that Paxos decided on.</summary>
    public long PaxosValues { get; private set; }

    public long Failures { get; private set; }

    public TimeSpan VirtualTime { get; private set; }

    public long Events { get; private set; }

    public long Requests { get; private set; }

    public long Succeeded { get; private set; }

    public long Undecided { get; private set; }

    public SortedDictionary<string, long> Strikes { get; } = new(StringComparer.Ordinal);

    public SimulationCoverage Coverage { get; } = new();

    /// <summary>Runs that came by each state at all: a sum alone may come from a few runs.</summary>
    public SortedDictionary<string, long> RunsWith { get; } = new(StringComparer.Ordinal);

    public void Add(SimulationResult result)
    {
        Runs++;
        Failures += result.Violation is null ? 0 : 1;
        VirtualTime += result.VirtualTime;
        Events += result.Events;
        foreach ((string family, long strikes) in result.Strikes)
        {
            Strikes[family] = Strikes.GetValueOrDefault(family) + strikes;
        }

        if (result.Algorithm == SimulatedAlgorithm.Paxos)
        {
            PaxosRuns++;
            PaxosValues += result.Succeeded;
            return;
        }

        Requests += result.Requests;
        Succeeded += result.Succeeded;
        Undecided += result.Undecided;
        Coverage.Add(result.Coverage);
        foreach ((string state, long count) in result.Coverage.Counts)
        {
            RunsWith[state] = RunsWith.GetValueOrDefault(state) + (count > 0 ? 1 : 0);
        }
    }
}
