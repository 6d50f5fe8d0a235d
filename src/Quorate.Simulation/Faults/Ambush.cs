using Quorate.Raft;

namespace Quorate.Simulation.Faults;

/// <summary>
/// Waits for a change of role and strikes then: what goes wrong in the few milliseconds of an election is seldom hit by
/// chance. Once it has struck it is gone.
/// </summary>
internal sealed class Ambush : IWorldObserver
{
    private readonly SimulatedWorld _world;
    private readonly Role _awaited;
    private readonly Action<SimulatedMember> _strike;
    private readonly Role?[] _roles;
    private bool _isOver;

    private Ambush(SimulatedWorld world, Role awaited, Action<SimulatedMember> strike)
    {
        _world = world;
        _awaited = awaited;
        _strike = strike;
        _roles = [.. world.Members.Select(static member => member.Replica?.Algorithm.Role)];
    }

    /// <summary>Strikes when a member has taken on that role, in the same event or later.</summary>
    public static void Lay(SimulatedWorld world, Role awaited, Action<SimulatedMember> strike) =>
        world.Observers.Add(new Ambush(world, awaited, strike));

    public void AfterEvent(SimulatedMember? member)
    {
        if (_isOver || member is null)
        {
            return;
        }

        ref Role? known = ref _roles[(int)member.Id.Value - 1];
        Role? now = member.Replica?.Algorithm.Role;
        bool isTriggered = now == _awaited && known != _awaited;
        known = now;
        if (isTriggered)
        {
            _isOver = true;

            // Not at once: a strike may end the member in whose event this is, and observers are being walked.
            _world.After(TimeSpan.Zero, () =>
            {
                _world.Observers.Remove(this);
                _strike(member);
            });
        }
    }
}
