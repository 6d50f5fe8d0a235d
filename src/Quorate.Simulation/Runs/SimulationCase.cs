using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Workloads;

namespace Quorate.Simulation.Runs;

/// <summary>A run as one line of the command line says it: all that it takes to have it again.</summary>
public sealed record SimulationCase
{
    /// <summary>Its seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Members; drawn from the seed unless set.</summary>
    public int? Members { get; init; }

    /// <summary>Families of faults; drawn from the seed unless set.</summary>
    public ImmutableArray<FaultFamily>? Faults { get; init; }

    /// <summary>Virtual time with faults.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Strikes after which there are no more; without bound unless set.</summary>
    public long? StrikesMax { get; init; }

    /// <summary>Clients.</summary>
    public int Clients { get; init; } = 5;

    /// <summary>What decides on an order of all commands.</summary>
    public SimulatedAlgorithm Algorithm { get; init; }

    /// <summary>The command that carries it out.</summary>
    public string Command => $"quorate sim {Arguments}";

    /// <summary>Its options: all that differs from one run to another.</summary>
    public string Arguments
    {
        get
        {
            StringBuilder text = new();
            text.Append(CultureInfo.InvariantCulture, $"--seed {Seed}");
            if (Algorithm == SimulatedAlgorithm.Paxos)
            {
                text.Append(" --algorithm paxos");
            }

            if (Members is { } members)
            {
                text.Append(CultureInfo.InvariantCulture, $" --members {members}");
            }

            if (Faults is { } faults)
            {
                text.Append(" --faults ").Append(faults.IsEmpty ? "none" : string.Join(',', faults.Select(static family => family.Name)));
            }

            text.Append(CultureInfo.InvariantCulture, $" --duration {(long)Duration.TotalMilliseconds}ms");
            if (Algorithm == SimulatedAlgorithm.Raft)
            {
                text.Append(CultureInfo.InvariantCulture, $" --clients {Clients}");
            }

            if (StrikesMax is { } strikes)
            {
                text.Append(CultureInfo.InvariantCulture, $" --strikes {strikes}");
            }

            return text.ToString();
        }
    }

    /// <summary>The same for a run of the production replica.</summary>
    /// <param name="trace">Where to write down what happens, if anywhere.</param>
    public SimulationOptions Options(Stream? trace = null) => new()
    {
        Members = Members,
        Faults = Faults,
        Duration = Duration,
        StrikesMax = StrikesMax ?? long.MaxValue,
        Trace = trace,
    };

    /// <summary>Makes the run of the key-value store, whatever the algorithm.</summary>
    /// <param name="trace">Where to write down what happens, if anywhere.</param>
    public SimulationRun Prepare(Stream? trace = null) => new(Seed, Options(trace), CreateWorkload());

    /// <summary>One seed in five is about leases, and no other draw depends on that.</summary>
    private Workload CreateWorkload() => Seed % 5 == 4
        ? new LeaseWorkload(new LeaseWorkloadOptions { Clients = Clients })
        : new KeyValueWorkload(new KeyValueWorkloadOptions { Clients = Clients });

    /// <summary>Carries it out.</summary>
    /// <param name="trace">Where to write down what happens, if anywhere.</param>
    public SimulationResult Run(Stream? trace = null) => Algorithm == SimulatedAlgorithm.Paxos
        ? new PaxosRun(Seed, new PaxosRunOptions { Members = Members, Faults = Faults, Duration = Duration, StrikesMax = StrikesMax ?? long.MaxValue, Trace = trace }).Execute()
        : Prepare(trace).Execute();

    /// <summary>The same with everything said that was drawn.</summary>
    public SimulationCase AsDrawn(SimulationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return this with { Members = result.Members, Faults = [.. result.Faults.Select(static fault => fault.Family)] };
    }
}
