using Quorate.Raft;

namespace Quorate.Simulation.Checking;

/// <summary>
/// What a member believed to be on its disk when its machine lost power is there when it starts again: term, vote and
/// entries (paper figure 2, "persistent state"; spec S1, S3).
/// </summary>
public sealed class KeptPromises : IReplicaObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "kept promises";

    private readonly Promise?[] _promises;

    /// <summary>For a world of so many members.</summary>
    public KeptPromises(int members)
    {
        _promises = new Promise?[members];
    }

    /// <inheritdoc/>
    public void Changed(SimulatedMember member, RaftNode node)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(node);
        if (member.IsSpoiled || member.HasFailed)
        {
            return;
        }

        ref Promise? promise = ref _promises[(int)member.Id.Value - 1];
        if (promise is { } earlier && earlier.Life != member.Life)
        {
            Require(member, node, earlier);
        }

        long durable = Math.Min(node.DurableIndex, node.LastLog.Index);
        LogPosition last = node.Log.TryGetTerm(durable, out long term) ? new LogPosition(term, durable) : LogPosition.Start;
        promise = new Promise(member.Life, node.DurableHardState, last);
    }

    private static void Require(SimulatedMember member, RaftNode node, Promise promise)
    {
        HardState found = node.DurableHardState;
        bool hasTermAndVote = found.CurrentTerm > promise.HardState.CurrentTerm
            || (found.CurrentTerm == promise.HardState.CurrentTerm
                && (promise.HardState.VotedFor.IsNone || found.VotedFor == promise.HardState.VotedFor));
        if (!hasTermAndVote)
        {
            throw new PropertyViolatedException(Property, $"member {member.Id} had {promise.HardState} on its disk, and starts with {found}");
        }

        // A later write may have replaced it, with what a newer term brought.
        LogPosition last = promise.Last;
        bool isLost = last.Index > node.LastLog.Index
            ? last.Term >= node.LastLog.Term
            : node.Log.TryGetTerm(last.Index, out long term) && term < last.Term;
        if (isLost)
        {
            throw new PropertyViolatedException(Property, $"member {member.Id} had its log up to {last} on its disk, and starts with one up to {node.LastLog}");
        }
    }

    private readonly record struct Promise(int Life, HardState HardState, LogPosition Last);
}
