using Quorate.Io;

namespace Quorate.Simulation;

/// <summary>A member's own clock. It goes too fast or too slow and jumps ahead as it is told, and never goes back.</summary>
public sealed class SimulatedClock : IClock
{
    private readonly SimulatedWorld _world;
    private TimeSpan _since;
    private TimeSpan _atSince;

    internal SimulatedClock(SimulatedWorld world)
    {
        _world = world;
    }

    /// <summary>Its time per thousand of true time: 1000 runs true.</summary>
    public int RatePerMille { get; private set; } = 1000;

    /// <inheritdoc/>
    public TimeSpan Now => _atSince + ((_world.Now - _since) * RatePerMille / 1000);

    /// <summary>From now on it goes at another rate.</summary>
    public void Drift(int ratePerMille)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ratePerMille);
        _atSince = Now;
        _since = _world.Now;
        RatePerMille = ratePerMille;
    }

    /// <summary>It jumps ahead, as the clock of a machine that was suspended.</summary>
    public void Jump(TimeSpan ahead)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ahead, TimeSpan.Zero);
        _atSince += ahead;
    }

    /// <summary>How long true time takes for so much of this clock's.</summary>
    internal TimeSpan TrueTimeFor(TimeSpan ownTime) => ownTime * 1000 / RatePerMille;
}
