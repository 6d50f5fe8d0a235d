namespace Quorate.Replica.Requests;

/// <summary>
/// Outcomes that are certain but not yet told. They are told at the end of an event's work, when the replica is in
/// order, so that whoever hears one may at once ask for something else.
/// </summary>
internal sealed class CompletionQueue(ReplicaCounters counters)
{
    private readonly Queue<Ended> _ended = new();

    public bool IsEmpty => _ended.Count == 0;

    public void End(Proposal proposal, in ProposalOutcome outcome)
    {
        counters.ProposalEnded(outcome.Status);
        _ended.Enqueue(new Ended(proposal, outcome, null, default, null, default));
    }

    public void End(ReadRequest read, ReadOutcome outcome)
    {
        counters.ReadEnded(outcome);
        _ended.Enqueue(new Ended(null, default, read, outcome, null, default));
    }

    public void End(Action<TransferOutcome> transfer, TransferOutcome outcome) =>
        _ended.Enqueue(new Ended(null, default, null, default, transfer, outcome));

    /// <summary>Tells what is in the queue now; what is added meanwhile waits for the next time.</summary>
    public void Tell()
    {
        for (int left = _ended.Count; left > 0; left--)
        {
            Ended ended = _ended.Dequeue();
            ended.Proposal?.Completed(ended.Outcome);
            ended.Read?.Completed(ended.ReadOutcome);
            ended.LeadershipTransfer?.Invoke(ended.TransferOutcome);
        }
    }

    private readonly record struct Ended(
        Proposal? Proposal,
        ProposalOutcome Outcome,
        ReadRequest? Read,
        ReadOutcome ReadOutcome,
        Action<TransferOutcome>? LeadershipTransfer,
        TransferOutcome TransferOutcome);
}
