using Quorate.Raft;

namespace Quorate.Simulation.Faults;

/// <summary>
/// Waits for a moment in the life of a member and strikes then: what goes wrong in the few milliseconds of an election is
/// seldom hit by chance. Once it has struck it is gone.
/// </summary>
internal sealed class Ambush : IWorldObserver
{
    private readonly SimulatedWorld _world;
    private readonly Func<SimulatedMember, RaftNode, bool> _isMoment;
    private readonly Action<SimulatedMember> _strike;
    private bool _isOver;

    private Ambush(SimulatedWorld world, Func<SimulatedMember, RaftNode, bool> isMoment, Action<SimulatedMember> strike)
    {
        _world = world;
        _isMoment = isMoment;
        _strike = strike;
    }

    /// <summary>Strikes once, after the first event for whose member the condition holds.</summary>
    public static void Lay(SimulatedWorld world, Func<SimulatedMember, RaftNode, bool> isMoment, Action<SimulatedMember> strike) =>
        world.Observers.Add(new Ambush(world, isMoment, strike));

    /// <summary>Holds when a member has taken on a role that it did not have when this was asked first.</summary>
    public static Func<SimulatedMember, RaftNode, bool> Becomes(Role awaited, SimulatedWorld world)
    {
        Role?[] roles = [.. world.Members.Select(static member => member.Replica?.Algorithm.Role)];
        return (member, node) =>
        {
            ref Role? known = ref roles[(int)member.Id.Value - 1];
            bool becomes = node.Role == awaited && known != awaited;
            known = node.Role;
            return becomes;
        };
    }

    /// <summary>Holds when the end of a member's log has been replaced.</summary>
    public static Func<SimulatedMember, RaftNode, bool> Truncates(SimulatedWorld world)
    {
        var seen = new (int Life, LogPosition Last)[world.Members.Count];
        return (member, node) =>
        {
            ref (int Life, LogPosition Last) known = ref seen[(int)member.Id.Value - 1];
            bool truncates = known.Life == member.Life && known.Last.Index > node.Log.BeforeFirst.Index && !node.Log.Contains(known.Last);
            known = (member.Life, node.LastLog);
            return truncates;
        };
    }

    /// <summary>Holds when more of a member's log has become durable than was when this was asked first.</summary>
    public static Func<SimulatedMember, RaftNode, bool> FlushesMore(SimulatedMember awaited)
    {
        long known = awaited.Replica?.Algorithm.DurableIndex ?? 0;
        return (member, node) => ReferenceEquals(member, awaited) && node.DurableIndex > known;
    }

    public void AfterEvent(SimulatedMember? member)
    {
        if (_isOver || member?.Replica?.Algorithm is not { } node || !_isMoment(member, node))
        {
            return;
        }

        _isOver = true;

        // Not at once: a strike may end the member in whose event this is, and observers are being walked.
        _world.After(TimeSpan.Zero, () =>
        {
            _world.Observers.Remove(this);
            _strike(member);
        });
    }
}
