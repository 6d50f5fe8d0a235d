using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>A record that an answer shows: at its revision, that key was put so.</summary>
/// <param name="Record">The record.</param>
/// <param name="HasValue">Whether its value was asked for.</param>
/// <param name="Witness">Whose answer shows it.</param>
internal readonly record struct RevisionSighting(Etcd.Protocol.KeyValue Record, bool HasValue, Operation Witness)
{
    /// <summary>Whether the changes of a write include it.</summary>
    public bool IsAmong(IReadOnlyList<KeyRecord> changes)
    {
        for (int i = 0; i < changes.Count; i++)
        {
            KeyRecord change = changes[i];
            if (change.Key.Equals(Record.Key))
            {
                return change.Version == Record.Version && change.CreateRevision == Record.CreateRevision
                    && change.Lease == Record.Lease && (!HasValue || change.Value.Equals(Record.Value));
            }
        }

        return false;
    }

    /// <summary>Collects the records of all answers whose revision is wanted.</summary>
    public static void Collect(History history, Func<long, bool> isWanted, Dictionary<long, List<RevisionSighting>> into)
    {
        foreach (Operation operation in history.Operations)
        {
            if (operation.End == OperationEnd.Answered)
            {
                Collect(operation, operation.Request as RangeRequest, operation.Request as TxnRequest, operation.Response, isWanted, into);
            }
        }
    }

    private static void Collect(
        Operation witness, RangeRequest? range, TxnRequest? transaction, IEtcdResponse? response, Func<long, bool> isWanted,
        Dictionary<long, List<RevisionSighting>> into)
    {
        switch (response)
        {
            case PutResponse { PrevKv: { } previous }:
                Add(witness, previous, hasValue: true, isWanted, into);
                break;
            case DeleteRangeResponse delete:
                foreach (Etcd.Protocol.KeyValue record in delete.PrevKvs)
                {
                    Add(witness, record, hasValue: true, isWanted, into);
                }

                break;
            case RangeResponse found:
                foreach (Etcd.Protocol.KeyValue record in found.Kvs)
                {
                    Add(witness, record, range is { KeysOnly: false }, isWanted, into);
                }

                break;
            case TxnResponse answer when transaction is not null:
                RepeatedField<RequestOp> operations = answer.Succeeded ? transaction.Success : transaction.Failure;
                for (int i = 0; i < Math.Min(operations.Count, answer.Responses.Count); i++)
                {
                    ResponseOp inner = answer.Responses[i];
                    IEtcdResponse? innerResponse = inner.ResponseCase switch
                    {
                        ResponseOp.ResponseOneofCase.ResponsePut => inner.ResponsePut,
                        ResponseOp.ResponseOneofCase.ResponseDeleteRange => inner.ResponseDeleteRange,
                        ResponseOp.ResponseOneofCase.ResponseRange => inner.ResponseRange,
                        ResponseOp.ResponseOneofCase.ResponseTxn => inner.ResponseTxn,
                        _ => null,
                    };
                    Collect(witness, operations[i].RequestRange, operations[i].RequestTxn, innerResponse, isWanted, into);
                }

                break;
        }
    }

    private static void Add(
        Operation witness, Etcd.Protocol.KeyValue record, bool hasValue, Func<long, bool> isWanted,
        Dictionary<long, List<RevisionSighting>> into)
    {
        if (!isWanted(record.ModRevision))
        {
            return;
        }

        if (!into.TryGetValue(record.ModRevision, out List<RevisionSighting>? sightings))
        {
            into.Add(record.ModRevision, sightings = []);
        }

        sightings.Add(new RevisionSighting(record, hasValue, witness));
    }
}
