using Quorate.Raft;

namespace Quorate.Simulation.Checking;

/// <summary>
/// What <see cref="RaftInvariants"/> says of one server holds of every member in each of its lives: what a crash takes
/// away a new life need not have, and what it must have <see cref="KeptPromises"/> looks after.
/// </summary>
/// <remarks>
/// Violated it is the same property as an assertion of the algorithm that fails (<see cref="UnexpectedFailures.InvariantProperty"/>).
/// Of what the invariants speak of beyond <see cref="ReplicaSighting"/>, a change of the leader and of what was handed out
/// is looked for after every event. What a leader knows of its followers is looked at with the next change of the rest.
/// </remarks>
public sealed class AlgorithmInvariants : IReplicaObserver, IWorldObserver
{
    private readonly Seen[] _seen;

    /// <summary>For a world of so many members.</summary>
    public AlgorithmInvariants(int members)
    {
        _seen = new Seen[members];
    }

    /// <inheritdoc/>
    public void AfterEvent(SimulatedMember? member)
    {
        if (member?.Replica?.Algorithm is { } node
            && _seen[(int)member.Id.Value - 1] is var seen
            && (seen.LeaderId != node.LeaderId || seen.HandedOutIndex != node.HandedOutIndex))
        {
            Changed(member, node);
        }
    }

    /// <inheritdoc/>
    public void Changed(SimulatedMember member, RaftNode node)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(node);
        ref Seen seen = ref _seen[(int)member.Id.Value - 1];
        RaftInvariants invariants = seen.Life == member.Life ? seen.Invariants : new RaftInvariants();
        seen = new Seen(member.Life, invariants, node.LeaderId, node.HandedOutIndex);
        try
        {
            invariants.Check(node);
        }
        catch (RaftInvariantException broken)
        {
            throw new PropertyViolatedException(UnexpectedFailures.InvariantProperty, broken.Message, broken);
        }
    }

    private readonly record struct Seen(int Life, RaftInvariants Invariants, MemberId LeaderId, long HandedOutIndex);
}
