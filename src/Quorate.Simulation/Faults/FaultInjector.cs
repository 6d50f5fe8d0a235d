using Quorate.Raft;

namespace Quorate.Simulation.Faults;

/// <summary>
/// Lets families of faults strike a world, each at random times of its own, until it is told to end. Everything comes
/// from one seed.
/// </summary>
public sealed class FaultInjector
{
    /// <summary>The hardest.</summary>
    public const int IntensityMax = 10;

    /// <summary>Mean time between two strikes of a family at intensity one; at a higher one it is as many times shorter.</summary>
    private static readonly TimeSpan s_meanInterval = TimeSpan.FromSeconds(20);

    private readonly SimulatedWorld _world;
    private readonly long _strikesMax;
    private readonly SortedDictionary<string, long> _strikes = new(StringComparer.Ordinal);

    /// <summary>Makes an injector; nothing strikes yet.</summary>
    /// <param name="world">What is struck.</param>
    /// <param name="strikesMax">Strikes of all families together after which there are no more.</param>
    public FaultInjector(SimulatedWorld world, long strikesMax = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(world);
        _world = world;
        _strikesMax = strikesMax;
    }

    /// <summary>Strikes so far, by family.</summary>
    public IReadOnlyDictionary<string, long> Strikes => _strikes;

    /// <summary>Strikes so far.</summary>
    public long StrikeCount { get; private set; }

    /// <summary>Whether faults have been ended.</summary>
    public bool IsOver { get; private set; }

    /// <summary>
    /// Whether strikes look for the leader more often than for others. Where they do not, the same seed strikes the same
    /// members at the same times, whatever the members do.
    /// </summary>
    public bool AimsAtLeaders { get; init; } = true;

    /// <summary>Told of each strike, before it happens.</summary>
    public Action<FaultFamily>? Striking { get; set; }

    /// <summary>Starts a member that a fault has ended and that is to be back soon.</summary>
    public Action<SimulatedMember> Starter { get; set; } = static member => member.Start();

    /// <summary>Lets a family strike from now on.</summary>
    public void Begin(FaultFamily family, int intensity, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(intensity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(intensity, IntensityMax);
        _strikes[family.Name] = 0;
        PlanStrike(family, new FaultContext(this, _world, random, intensity));
    }

    /// <summary>Nothing strikes any more, and what is under way ends.</summary>
    public void End()
    {
        IsOver = true;
        _world.Calm();
    }

    private void PlanStrike(FaultFamily family, FaultContext context)
    {
        TimeSpan mean = s_meanInterval / context.Intensity;
        context.Later(context.Random.NextDelay(TimeSpan.Zero, 2 * mean), () =>
        {
            if (StrikeCount >= _strikesMax)
            {
                return;
            }

            StrikeCount++;
            _strikes[family.Name]++;
            Striking?.Invoke(family);
            family.Strike(context);
            PlanStrike(family, context);
        });
    }
}
