using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Workloads;

namespace Quorate.Simulation.Runs;

/// <summary>A run of the store, its keys or its leases, as one line of the command line says it: all that it takes to have it again.</summary>
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

    /// <summary>The command that carries it out.</summary>
    public string Command
    {
        get
        {
            StringBuilder text = new();
            text.Append(CultureInfo.InvariantCulture, $"quorate sim --seed {Seed}");
            if (Members is { } members)
            {
                text.Append(CultureInfo.InvariantCulture, $" --members {members}");
            }

            if (Faults is { } faults)
            {
                text.Append(" --faults ").Append(faults.IsEmpty ? "none" : string.Join(',', faults.Select(static family => family.Name)));
            }

            text.Append(CultureInfo.InvariantCulture, $" --duration {(long)Duration.TotalMilliseconds}ms --clients {Clients}");
            if (StrikesMax is { } strikes)
            {
                text.Append(CultureInfo.InvariantCulture, $" --strikes {strikes}");
            }

            return text.ToString();
        }
    }

    /// <summary>Makes the run.</summary>
    /// <param name="trace">Where to write down what happens, if anywhere.</param>
    public SimulationRun Prepare(Stream? trace = null) => new(
        Seed,
        new SimulationOptions { Members = Members, Faults = Faults, Duration = Duration, StrikesMax = StrikesMax ?? long.MaxValue, Trace = trace },
        CreateWorkload());

    /// <summary>One seed in five is about leases, and no other draw depends on that.</summary>
    private Workload CreateWorkload() => Seed % 5 == 4
        ? new LeaseWorkload(new LeaseWorkloadOptions { Clients = Clients })
        : new KeyValueWorkload(new KeyValueWorkloadOptions { Clients = Clients });

    /// <summary>Carries it out.</summary>
    /// <param name="trace">Where to write down what happens, if anywhere.</param>
    public SimulationResult Run(Stream? trace = null) => Prepare(trace).Execute();

    /// <summary>The same with everything said that was drawn.</summary>
    public SimulationCase AsDrawn(SimulationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return this with { Members = result.Members, Faults = [.. result.Faults.Select(static fault => fault.Family)] };
    }
}
