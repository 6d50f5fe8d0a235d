using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Replica;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Reads at a revision against compactions: what was compacted cannot be read any more, what was not must not be said to
/// be, and a revision that was reached is no future one.
/// </summary>
internal sealed class CompactionRules
{
    private readonly RealTimeRules _realTime;
    private readonly List<Operation> _compactions;

    public CompactionRules(History history, RealTimeRules realTime)
    {
        _realTime = realTime;
        _compactions = [.. history.Operations.Where(operation =>
            operation.Request is CompactionRequest && operation.End != OperationEnd.Refused)];
        foreach (Operation operation in history.Operations)
        {
            Finding ??= operation.Request is CompactionRequest compaction
                ? JudgeCompaction(operation, compaction.Revision)
                : JudgeRead(operation);
        }
    }

    /// <summary>The first thing found that cannot be.</summary>
    public RevisionFinding? Finding { get; }

    private RevisionFinding? JudgeCompaction(Operation operation, long revision)
    {
        if (operation.End == OperationEnd.Answered)
        {
            if (revision > operation.Revision)
            {
                return new RevisionFinding("a revision was compacted that was not reached", operation);
            }

            return CompactedBefore(operation, revision - 1) is { } earlier
                ? new RevisionFinding("a revision was compacted that had been compacted before", earlier, operation)
                : null;
        }

        return operation.Error == EtcdError.Compacted ? JudgeCompactedError(operation, revision - 1)
            : operation.Error == EtcdError.FutureRevision ? JudgeFutureError(operation, revision)
            : null;
    }

    private RevisionFinding? JudgeRead(Operation operation)
    {
        if (operation.End == OperationEnd.Answered)
        {
            // A member that lags may not have heard of the compaction.
            long oldest = operation.Consistency == ReadConsistency.Linearizable
                ? OldestRevisionRead(operation.Request, operation.Response)
                : long.MaxValue;
            return oldest != long.MaxValue && CompactedBefore(operation, oldest) is { } compaction
                ? new RevisionFinding(
                    string.Create(CultureInfo.InvariantCulture, $"revision {oldest} was read after it had been compacted"),
                    compaction,
                    operation)
                : null;
        }

        return operation.Request is not RangeRequest range ? null
            : operation.Error == EtcdError.Compacted ? JudgeCompactedError(operation, range.Revision)
            : operation.Error == EtcdError.FutureRevision ? JudgeFutureError(operation, range.Revision)
            : null;
    }

    private RevisionFinding? JudgeCompactedError(Operation operation, long revision)
    {
        // No revision at all is compacted from the start: a compaction of zero is one of what is gone.
        bool mayBeCompacted = (revision < 0 && operation.Request is CompactionRequest) || _compactions.Exists(compaction =>
            compaction != operation
            && RevisionOf(compaction) > revision
            && compaction.InvokedSequence < operation.ReturnedSequence);
        return mayBeCompacted ? null : new RevisionFinding("nobody had compacted the revision that is said to be compacted", operation);
    }

    private RevisionFinding? JudgeFutureError(Operation operation, long revision)
    {
        bool mayLag = operation.Consistency != ReadConsistency.Linearizable;
        return !mayLag && _realTime.RevisionBefore(operation) >= revision
            ? new RevisionFinding("the revision that is said to be a future one had been reached", _realTime.NewestBefore(operation)!, operation)
            : null;
    }

    /// <summary>A compaction, answered before an operation was invoked, of a revision above the one given.</summary>
    private Operation? CompactedBefore(Operation operation, long revision) => _compactions.Find(compaction =>
        compaction.End == OperationEnd.Answered && RevisionOf(compaction) > revision && compaction.Precedes(operation));

    private static long RevisionOf(Operation compaction) => ((CompactionRequest)compaction.Request).Revision;

    private static long OldestRevisionRead(IMessage request, IEtcdResponse? response)
    {
        if (request is RangeRequest range)
        {
            return range.Revision > 0 ? range.Revision : long.MaxValue;
        }

        if (request is not TxnRequest transaction || response is not TxnResponse answer)
        {
            return long.MaxValue;
        }

        long oldest = long.MaxValue;
        RepeatedField<RequestOp> operations = answer.Succeeded ? transaction.Success : transaction.Failure;
        for (int i = 0; i < Math.Min(operations.Count, answer.Responses.Count); i++)
        {
            IMessage? inner = (IMessage?)operations[i].RequestRange ?? operations[i].RequestTxn;
            if (inner is not null)
            {
                oldest = Math.Min(oldest, OldestRevisionRead(inner, answer.Responses[i].ResponseTxn));
            }
        }

        return oldest;
    }
}
