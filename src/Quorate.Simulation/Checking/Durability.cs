using Google.Protobuf;
using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;
using Quorate.KeyValue;
using Quorate.Raft;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking;

/// <summary>
/// What was acknowledged survives (spec W1): every put that a client was told the revision of is in the history of every
/// member at that revision, unless it has been compacted since.
/// </summary>
/// <remarks>It looks at the stores themselves, so it does not depend on what the checkers of histories make of answers.</remarks>
public static class Durability
{
    /// <summary>Name of the property.</summary>
    public const string Property = "durability";

    /// <summary>Checks the store of one member that has applied all there is.</summary>
    public static void Require(History history, MemberId member, StoreVersion store)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(store);
        Dictionary<(long Revision, ByteString Key), ByteString> puts = [];
        foreach (KeyValueEvent change in store.Events(store.CompactRevision, store.Revision, KeyRange.From(default)))
        {
            if (change.Kind == KeyValueEventKind.Put)
            {
                puts[(change.Revision, ByteString.CopyFrom(change.Record.Key.Span))] = ByteString.CopyFrom(change.Record.Value.Span);
            }
        }

        foreach (Operation operation in history.Operations)
        {
            if (operation.End != OperationEnd.Answered || operation.Revision <= store.CompactRevision)
            {
                continue;
            }

            foreach (PutRequest put in Puts(operation))
            {
                if (!puts.TryGetValue((operation.Revision, put.Key), out ByteString? value) || value != put.Value)
                {
                    throw new PropertyViolatedException(Property, $"member {member} does not have what was acknowledged: {operation}");
                }
            }
        }
    }

    /// <summary>The puts that an answer acknowledges.</summary>
    private static IEnumerable<PutRequest> Puts(Operation operation) => (operation.Request, operation.Response) switch
    {
        (PutRequest put, _) => [put],
        (TxnRequest transaction, TxnResponse answer) => Puts(answer.Succeeded ? transaction.Success : transaction.Failure),
        _ => [],
    };

    /// <remarks>The clients of the simulated world make no nested transactions that write, and put a key once in each.</remarks>
    private static IEnumerable<PutRequest> Puts(RepeatedField<RequestOp> operations) =>
        operations.Where(static operation => operation.RequestPut is not null).Select(static operation => operation.RequestPut);
}
