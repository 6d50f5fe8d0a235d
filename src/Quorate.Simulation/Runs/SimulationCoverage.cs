namespace Quorate.Simulation.Runs;

/// <summary>How often a run came by states that are worth coming by. A hunt that never sees one tests less than it seems to.</summary>
public sealed record SimulationCoverage
{
    /// <summary>Terms in which somebody led.</summary>
    public long Elections { get; set; }

    /// <summary>Changes of role.</summary>
    public long RoleChanges { get; set; }

    /// <summary>Logs that were shorter, or other at their end, than before.</summary>
    public long Truncations { get; set; }

    /// <summary>Snapshots that members took of their own state.</summary>
    public long SnapshotsTaken { get; set; }

    /// <summary>Snapshots that came from a leader.</summary>
    public long SnapshotsInstalled { get; set; }

    /// <summary>Starts of members.</summary>
    public long Starts { get; set; }

    /// <summary>Starts that found damage and did not go on.</summary>
    public long DamagedStarts { get; set; }

    /// <summary>Members that stopped for good because of a fault of their disk.</summary>
    public long Failures { get; set; }

    /// <summary>Frames that were not taken in.</summary>
    public long FramesRefused { get; set; }

    /// <summary>Frames that were lost.</summary>
    public long FramesLost { get; set; }

    /// <summary>Entries committed and applied.</summary>
    public long EntriesApplied { get; set; }

    /// <summary>Adds those of another run.</summary>
    public void Add(SimulationCoverage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Elections += other.Elections;
        RoleChanges += other.RoleChanges;
        Truncations += other.Truncations;
        SnapshotsTaken += other.SnapshotsTaken;
        SnapshotsInstalled += other.SnapshotsInstalled;
        Starts += other.Starts;
        DamagedStarts += other.DamagedStarts;
        Failures += other.Failures;
        FramesRefused += other.FramesRefused;
        FramesLost += other.FramesLost;
        EntriesApplied += other.EntriesApplied;
    }
}
