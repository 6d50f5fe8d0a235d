using Google.Protobuf;
using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;
using Quorate.Raft;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Tests.Support;

/// <summary>Changes one thing in one answer, so that no state at all could have led to it.</summary>
internal static class AnswerMutation
{
    /// <summary>
    /// A copy of a history with one answer changed; null where there is nothing to change. Names what was changed. Some
    /// changes are certain to show only to who knows every revision.
    /// </summary>
    public static (History Mutated, string What)? Mutate(
        History history, SeededRandom random, Func<Operation, bool> isWanted, bool knowsRevisions)
    {
        Operation[] candidates = [.. history.Operations.Where(operation =>
            operation.End == OperationEnd.Answered && isWanted(operation) && Places(operation.Response!, knowsRevisions).Count > 0)];
        if (candidates.Length == 0)
        {
            return null;
        }

        Operation chosen = candidates[random.Next(candidates.Length)];
        IEtcdResponse answer = Clone(chosen.Response!);
        List<(string What, Action Change)> places = Places(answer, knowsRevisions);
        (string what, Action change) = places[random.Next(places.Count)];
        change();
        return (Copy(history, chosen, answer), $"{what} of {chosen}");
    }

    private static IEtcdResponse Clone(IEtcdResponse response) =>
        (IEtcdResponse)response.Descriptor.Parser.ParseFrom(response.ToByteArray());

    private static List<(string What, Action Change)> Places(IEtcdResponse response, bool knowsRevisions)
    {
        List<(string, Action)> places = [];
        Collect(response, places);
        if (knowsRevisions && response is RangeResponse range)
        {
            places.Add(("word on more", () => range.More = !range.More));
        }
        else if (knowsRevisions && response is TxnResponse transaction)
        {
            places.Add(("branch", () => transaction.Succeeded = !transaction.Succeeded));
        }

        return places;
    }

    private static void Collect(IEtcdResponse response, List<(string, Action)> places)
    {
        switch (response)
        {
            case PutResponse { PrevKv: not null } put:
                places.Add(("previous record gone", () => put.PrevKv = null));
                Collect(put.PrevKv, hasValue: true, places);
                break;
            case DeleteRangeResponse delete:
                if (delete.Deleted > 0)
                {
                    places.Add(("one more deleted", () => delete.Deleted++));
                }

                Collect(delete.PrevKvs, hasValue: true, places);
                break;
            case RangeResponse range:
                places.Add(("one more counted", () => range.Count++));
                bool hasValue = range.Kvs.Any(record => !record.Value.IsEmpty);
                Collect(range.Kvs, hasValue, places);
                break;
            case TxnResponse transaction:
                foreach (ResponseOp inner in transaction.Responses)
                {
                    IEtcdResponse one = (IEtcdResponse?)inner.ResponsePut ?? (IEtcdResponse?)inner.ResponseRange
                        ?? (IEtcdResponse?)inner.ResponseDeleteRange ?? inner.ResponseTxn;
                    Collect(one, places);
                }

                break;
        }
    }

    private static void Collect(RepeatedField<Etcd.Protocol.KeyValue> records, bool hasValue, List<(string, Action)> places)
    {
        if (records.Count > 0)
        {
            Collect(records[0], hasValue, places);
        }
    }

    private static void Collect(Etcd.Protocol.KeyValue record, bool hasValue, List<(string, Action)> places)
    {
        places.Add(("version", () => record.Version += 1000));
        places.Add(("revision", () => record.ModRevision += 100_000));
        places.Add(("lease", () => record.Lease++));
        if (hasValue)
        {
            places.Add(("value", () => record.Value = Ask.Bytes("nobody's")));
        }
    }

    private static History Copy(History history, Operation changed, IEtcdResponse answer)
    {
        History copy = new();
        List<(long Sequence, Operation Operation)> events = [];
        foreach (Operation operation in history.Operations)
        {
            events.Add((operation.InvokedSequence, operation));
            if (operation.End != OperationEnd.Open)
            {
                events.Add((operation.ReturnedSequence, operation));
            }
        }

        foreach ((long sequence, Operation operation) in events.OrderBy(one => one.Sequence))
        {
            if (sequence == operation.InvokedSequence)
            {
                copy.Invoke(
                    operation.Client, operation.Member, operation.MemberLife, operation.Request, operation.InvokedAt,
                    operation.Consistency, operation.TokenRevision);
            }
            else if (operation.End == OperationEnd.Answered)
            {
                copy.Answered(
                    copy.Operations[operation.Number], operation == changed ? answer : operation.Response!, operation.ReturnedAt);
            }
            else
            {
                copy.Failed(copy.Operations[operation.Number], operation.Error!, operation.ReturnedAt);
            }
        }

        return copy;
    }
}
