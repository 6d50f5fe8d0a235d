namespace Quorate.Simulation.Runs;

/// <summary>
/// Makes a failing run smaller as long as it fails in the same way, which is to violate the same property: fewer families
/// of faults, a shorter time, fewer strikes, clients and members. It is greedy, so the last is small and not the smallest.
/// </summary>
public sealed class Shrinker
{
    /// <summary>Most runs that it tries, unless told otherwise.</summary>
    public const int AttemptsMaxDefault = 200;

    /// <summary>Shortest time it tries.</summary>
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);

    private readonly Func<SimulationCase, SimulationResult> _run;
    private readonly int _attemptsMax;
    private readonly string _property;
    private readonly HashSet<string> _tried = new(StringComparer.Ordinal);
    private int _attempts;

    /// <summary>Begins with a run that has failed.</summary>
    /// <param name="failing">The run.</param>
    /// <param name="result">How it failed.</param>
    /// <param name="run">Carries out others.</param>
    /// <param name="attemptsMax">Most runs that it tries.</param>
    /// <exception cref="ArgumentException">The run did not fail.</exception>
    public Shrinker(SimulationCase failing, SimulationResult result, Func<SimulationCase, SimulationResult> run, int attemptsMax = AttemptsMaxDefault)
    {
        ArgumentNullException.ThrowIfNull(failing);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(run);
        _property = result.Violation?.Property ?? throw new ArgumentException("a run that holds every property cannot be shrunk", nameof(result));
        _run = run;
        _attemptsMax = attemptsMax;
        Smallest = failing.AsDrawn(result);
        Result = result;
        _tried.Add(Smallest.Command);
    }

    /// <summary>The smallest failing run so far.</summary>
    public SimulationCase Smallest { get; private set; }

    /// <summary>How it fails.</summary>
    public SimulationResult Result { get; private set; }

    /// <summary>Tries one after the other, as long as the caller asks for more and until nothing gets it any smaller.</summary>
    public IEnumerable<ShrinkAttempt> Attempts()
    {
        bool isSmaller = true;
        while (isSmaller)
        {
            isSmaller = false;
            foreach (Func<IEnumerable<SimulationCase>> smaller in (Func<IEnumerable<SimulationCase>>[])[FewerFamilies, Shorter, FewerStrikes, FewerClients, FewerMembers])
            {
                bool again = true;
                while (again)
                {
                    again = false;
                    foreach (SimulationCase candidate in smaller())
                    {
                        if (_attempts == _attemptsMax)
                        {
                            yield break;
                        }

                        if (!_tried.Add(candidate.Command))
                        {
                            continue;
                        }

                        ShrinkAttempt attempt = Try(candidate);
                        yield return attempt;
                        if (attempt.Failed)
                        {
                            // The candidates of the smaller one come next, from the boldest on.
                            again = isSmaller = true;
                            break;
                        }
                    }
                }
            }
        }
    }

    private ShrinkAttempt Try(SimulationCase candidate)
    {
        SimulationResult result = _run(candidate);
        bool failed = result.Violation?.Property == _property;
        if (failed)
        {
            Smallest = candidate;
            Result = result;
        }

        return new ShrinkAttempt(++_attempts, candidate, failed);
    }

    private IEnumerable<SimulationCase> FewerFamilies()
    {
        if (Smallest.Faults is not { IsEmpty: false } families)
        {
            yield break;
        }

        yield return Smallest with { Faults = [] };
        for (int i = 0; families.Length > 1 && i < families.Length; i++)
        {
            yield return Smallest with { Faults = families.RemoveAt(i) };
        }
    }

    /// <summary>What happens after the violation is of no use; and what happens before it may be less.</summary>
    private IEnumerable<SimulationCase> Shorter()
    {
        if (Result.VirtualTime < Smallest.Duration)
        {
            yield return Smallest with { Duration = TimeSpan.FromSeconds(Math.Ceiling(Result.VirtualTime.TotalSeconds)) };
        }

        foreach (double part in (double[])[0.25, 0.5, 0.75, 0.9])
        {
            var duration = TimeSpan.FromSeconds(Math.Ceiling(Smallest.Duration.TotalSeconds * part));
            if (duration >= s_shortest && duration < Smallest.Duration)
            {
                yield return Smallest with { Duration = duration };
            }
        }
    }

    private IEnumerable<SimulationCase> FewerStrikes()
    {
        long strikes = Math.Min(Smallest.StrikesMax ?? long.MaxValue, Result.Strikes.Values.Sum());
        if (strikes == 0)
        {
            yield break;
        }

        yield return Smallest with { StrikesMax = strikes };
        foreach (long fewer in (long[])[0, strikes / 4, strikes / 2, strikes * 3 / 4, strikes - 1])
        {
            yield return Smallest with { StrikesMax = fewer };
        }
    }

    private IEnumerable<SimulationCase> FewerClients()
    {
        foreach (int clients in (int[])[1, Smallest.Clients / 2, Smallest.Clients - 1])
        {
            if (clients >= 1 && clients < Smallest.Clients)
            {
                yield return Smallest with { Clients = clients };
            }
        }
    }

    private IEnumerable<SimulationCase> FewerMembers()
    {
        for (int members = 1; members < Smallest.Members; members += 2)
        {
            yield return Smallest with { Members = members };
        }
    }
}
