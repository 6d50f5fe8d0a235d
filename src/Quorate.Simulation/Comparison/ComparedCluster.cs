using Quorate.Raft;

namespace Quorate.Simulation.Comparison;

/// <summary>A cluster of either protocol, with what the comparison asks of both.</summary>
internal abstract class ComparedCluster
{
    /// <summary>Both protocols have the same clock: what counts in ticks counts the same time.</summary>
    public static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(10);

    private long _flushesAside;

    public abstract ComparedProtocol Protocol { get; }

    public abstract SimulatedWorld World { get; }

    /// <summary>Ballots that were preempted, in all lives of all members.</summary>
    public abstract long Preempted { get; }

    /// <summary>Elections or ballots begun, in all lives of all members.</summary>
    public abstract long ElectionsOrBallots { get; }

    /// <summary>Whose loss hurts most just now, and what it is called.</summary>
    public abstract (SimulatedMember Member, string Name) MostWanted { get; }

    public long Flushes => World.Members.Sum(static member => member.Disk.FlushCount) - _flushesAside;

    public static ComparedCluster Create(ComparedProtocol protocol, ulong seed, SimulatedWorldOptions world) =>
        protocol == ComparedProtocol.Raft ? new RaftCluster(seed, world) : new PaxosCluster(seed, world);

    /// <summary>
    /// Proposes a command at a member; <paramref name="decided"/> is called, once and at that member, if it learns that the
    /// command is decided. Returns false if the member is down.
    /// </summary>
    public abstract bool Propose(SimulatedMember member, ulong number, int bytes, Action decided);

    /// <summary>Starts all and lets them come to rest.</summary>
    public void Found()
    {
        World.StartAll();
        World.RunFor(TimeSpan.FromSeconds(10));
        _flushesAside = World.Members.Sum(static member => member.Disk.FlushCount);
    }

    /// <summary>One more command, decided before it returns; false if it is not within a while.</summary>
    public bool Decide(SimulatedMember member, ulong number, int bytes, out TimeSpan took)
    {
        TimeSpan began = World.Now;
        TimeSpan? ended = null;
        Propose(member, number, bytes, () => ended ??= World.Now);
        bool isDecided = World.RunUntil(() => ended is not null, TimeSpan.FromSeconds(30));
        took = (ended ?? World.Now) - began;
        return isDecided;
    }

    protected static MemberId[] Ids(SimulatedWorldOptions world) =>
        [.. Enumerable.Range(1, world.Members).Select(static number => new MemberId((ulong)number))];
}
