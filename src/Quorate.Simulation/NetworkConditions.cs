namespace Quorate.Simulation;

/// <summary>How the network treats frames. Chances are out of a thousand.</summary>
public sealed record NetworkConditions
{
    /// <summary>A network without faults: quick, and in order as far as delays go.</summary>
    public static NetworkConditions Calm { get; } = new();

    /// <summary>Shortest time on the way.</summary>
    public TimeSpan DelayMin { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>Longest time on the way, unless held up.</summary>
    public TimeSpan DelayMax { get; init; } = TimeSpan.FromMicroseconds(500);

    /// <summary>Chance of a frame to get lost.</summary>
    public int LossPerMille { get; init; }

    /// <summary>Chance of a frame to arrive a second time, on its own way.</summary>
    public int RepeatPerMille { get; init; }

    /// <summary>Chance of a frame to arrive cut short or with a flipped bit.</summary>
    public int DamagePerMille { get; init; }

    /// <summary>Most frames on their way from one member to another; more are dropped, as by a full queue.</summary>
    public int LinkFramesMax { get; init; } = 4096;

    /// <summary>Chance of a frame to be held up, so that others overtake it.</summary>
    public int HoldUpPerMille { get; init; }

    /// <summary>Longest such hold-up.</summary>
    public TimeSpan HoldUpMax { get; init; } = TimeSpan.FromSeconds(2);
}
