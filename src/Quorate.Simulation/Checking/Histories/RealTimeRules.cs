using System.Globalization;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Revisions against real time (Herlihy and Wing 1990, §2: what returned before another was invoked comes before it):
/// one pass over all events, which remembers the greatest revision that any answer had named.
/// </summary>
/// <remarks>
/// That a read sees nothing from the future follows: the write it saw would then have made a revision that had been
/// named before the write was invoked.
/// </remarks>
internal sealed class RealTimeRules
{
    private readonly Operation?[] _witnesses;

    public RealTimeRules(History history, bool sessionsAreMonotonic)
    {
        _witnesses = new Operation?[history.Operations.Count];
        List<(long Sequence, Operation Operation)> events = new(2 * history.Operations.Count);
        foreach (Operation operation in history.Operations)
        {
            events.Add((operation.InvokedSequence, operation));
            if (operation.End == OperationEnd.Answered)
            {
                events.Add((operation.ReturnedSequence, operation));
            }
        }

        events.Sort((one, other) => one.Sequence.CompareTo(other.Sequence));
        Dictionary<(int, MemberId, int), Operation> newestOfSession = [];
        Operation?[] sessionWitnesses = sessionsAreMonotonic ? new Operation?[_witnesses.Length] : [];
        Operation? newest = null;
        foreach ((long sequence, Operation operation) in events)
        {
            (int, MemberId, int) session = (operation.Client, operation.Member, operation.MemberLife);
            if (sequence == operation.InvokedSequence)
            {
                _witnesses[operation.Number] = newest;
                if (sessionsAreMonotonic)
                {
                    sessionWitnesses[operation.Number] = newestOfSession.GetValueOrDefault(session);
                }

                continue;
            }

            Finding ??= Judge(operation)
                ?? (sessionsAreMonotonic ? JudgeSession(operation, sessionWitnesses[operation.Number]) : null);
            newest = newest is null || operation.Revision > newest.Revision ? operation : newest;
            if (sessionsAreMonotonic
                && (!newestOfSession.TryGetValue(session, out Operation? last) || operation.Revision > last.Revision))
            {
                newestOfSession[session] = operation;
            }
        }
    }

    /// <summary>The first thing found that cannot be.</summary>
    public RevisionFinding? Finding { get; }

    /// <summary>The operation that had named the greatest revision when another was invoked.</summary>
    public Operation? NewestBefore(Operation operation) => _witnesses[operation.Number];

    /// <summary>The greatest revision that any answer had named when an operation was invoked.</summary>
    public long RevisionBefore(Operation operation) => _witnesses[operation.Number]?.Revision ?? 0;

    private RevisionFinding? Judge(Operation operation)
    {
        if (operation.Consistency == ReadConsistency.Bounded && operation.Revision < operation.TokenRevision)
        {
            return new RevisionFinding(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"a read bounded by revision {operation.TokenRevision} was answered at revision {operation.Revision}"),
                operation);
        }

        if (operation.Consistency != ReadConsistency.Linearizable || _witnesses[operation.Number] is not { } before)
        {
            return null;
        }

        if (operation.Revision < before.Revision)
        {
            return new RevisionFinding(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"revision {before.Revision} had been named before the operation was invoked that was answered at revision {operation.Revision}"),
                before,
                operation);
        }

        return operation.Revision == before.Revision && RevisionFacts.HasChanged(operation.Response!)
            ? new RevisionFinding(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"revision {operation.Revision} had been named before the write was invoked that made it"),
                before,
                operation)
            : null;
    }

    private static RevisionFinding? JudgeSession(Operation operation, Operation? before) =>
        before is not null && operation.Revision < before.Revision
            ? new RevisionFinding(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"one member went back from revision {before.Revision} to {operation.Revision} in the eyes of one client"),
                before,
                operation)
            : null;
}
