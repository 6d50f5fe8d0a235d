namespace Quorate.Io;

/// <summary>
/// Everything a replica touches outside itself. Production and simulation differ in this and in nothing else.
/// </summary>
public interface IWorld
{
    /// <summary>The clock.</summary>
    IClock Clock { get; }

    /// <summary>The member's data folder.</summary>
    IDisk Disk { get; }

    /// <summary>The way to the other members.</summary>
    IPeerNetwork Network { get; }

    /// <summary>Where the log is written and flushed, one batch after the other.</summary>
    IWorkLane LogLane { get; }

    /// <summary>Where snapshots are written and read, and segments prepared, without delaying the log.</summary>
    IWorkLane BackgroundLane { get; }

    /// <summary>The seed of all randomness of this replica; differs from one start to the next.</summary>
    ulong Seed { get; }
}
