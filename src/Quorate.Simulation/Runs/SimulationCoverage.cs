namespace Quorate.Simulation.Runs;

/// <summary>How often a run came by states that are worth coming by. A hunt that never sees one tests less than it seems to.</summary>
public sealed record SimulationCoverage
{
    /// <summary>Terms in which somebody led.</summary>
    public long Elections { get; set; }

    /// <summary>Terms in which nobody led: votes were split, or the winner went down before it knew.</summary>
    public long LostElections { get; set; }

    /// <summary>New leaders that were elected while one of an older term still took itself for the leader.</summary>
    public long OldLeaders { get; set; }

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

    /// <summary>Starts that found something on disk to put right, such as a torn end of the log.</summary>
    public long RepairedStarts { get; set; }

    /// <summary>Starts that found damage and did not go on.</summary>
    public long DamagedStarts { get; set; }

    /// <summary>Members that stopped for good because of a fault of their disk.</summary>
    public long Failures { get; set; }

    /// <summary>Spare segments and snapshots that found no room on a full disk.</summary>
    public long DisksFoundFull { get; set; }

    /// <summary>Times that so many members were down that no majority was left.</summary>
    public long MajorityLosses { get; set; }

    /// <summary>Sectors that a loss of power tore.</summary>
    public long SectorsTorn { get; set; }

    /// <summary>Frames that were not taken in.</summary>
    public long FramesRefused { get; set; }

    /// <summary>Frames that were lost.</summary>
    public long FramesLost { get; set; }

    /// <summary>Frames that arrived a second time.</summary>
    public long FramesRepeated { get; set; }

    /// <summary>Entries committed and applied.</summary>
    public long EntriesApplied { get; set; }

    /// <summary>Requests whose clients do not know what became of them.</summary>
    public long OutcomesUnknown { get; set; }

    /// <summary>Events that watches told their clients.</summary>
    public long WatchEvents { get; set; }

    /// <summary>Watches that were cut short because what came next was compacted.</summary>
    public long WatchesCompacted { get; set; }

    /// <summary>Watches that went on in another stream.</summary>
    public long WatchesResumed { get; set; }

    internal long HighestTerm { get; set; }

    /// <summary>Every count with its name, as people and scripts see it.</summary>
    public IReadOnlyList<(string Name, long Count)> Counts =>
    [
        ("elections", Elections),
        ("lost elections", LostElections),
        ("old leaders beside new", OldLeaders),
        ("role changes", RoleChanges),
        ("truncations", Truncations),
        ("snapshots taken", SnapshotsTaken),
        ("snapshots transferred", SnapshotsInstalled),
        ("starts", Starts),
        ("repaired starts", RepairedStarts),
        ("damaged starts", DamagedStarts),
        ("failures", Failures),
        ("disks found full", DisksFoundFull),
        ("majority losses", MajorityLosses),
        ("sectors torn", SectorsTorn),
        ("frames refused", FramesRefused),
        ("frames lost", FramesLost),
        ("frames repeated", FramesRepeated),
        ("entries applied", EntriesApplied),
        ("outcomes unknown", OutcomesUnknown),
        ("watch events", WatchEvents),
        ("watches compacted", WatchesCompacted),
        ("watches resumed", WatchesResumed),
    ];

    /// <summary>Adds those of another run.</summary>
    public void Add(SimulationCoverage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Elections += other.Elections;
        LostElections += other.LostElections;
        OldLeaders += other.OldLeaders;
        RoleChanges += other.RoleChanges;
        Truncations += other.Truncations;
        SnapshotsTaken += other.SnapshotsTaken;
        SnapshotsInstalled += other.SnapshotsInstalled;
        Starts += other.Starts;
        RepairedStarts += other.RepairedStarts;
        DamagedStarts += other.DamagedStarts;
        Failures += other.Failures;
        DisksFoundFull += other.DisksFoundFull;
        MajorityLosses += other.MajorityLosses;
        SectorsTorn += other.SectorsTorn;
        FramesRefused += other.FramesRefused;
        FramesLost += other.FramesLost;
        FramesRepeated += other.FramesRepeated;
        EntriesApplied += other.EntriesApplied;
        OutcomesUnknown += other.OutcomesUnknown;
        WatchEvents += other.WatchEvents;
        WatchesCompacted += other.WatchesCompacted;
        WatchesResumed += other.WatchesResumed;
    }
}
