using Google.Protobuf;
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

    /// <summary>Whether a request has a put that could have made it, whatever the state was.</summary>
    public bool CanComeFrom(IMessage request)
    {
        switch (request)
        {
            case PutRequest put:
                return put.Key.Equals(Record.Key) && (put.IgnoreValue || !HasValue || put.Value.Equals(Record.Value));
            case TxnRequest transaction:
                return CanComeFrom(transaction.Success) || CanComeFrom(transaction.Failure);
            default:
                return false;
        }
    }

    /// <summary>Names every record that an answer shows, in order.</summary>
    public static void Visit(Operation operation, Action<RevisionSighting> visit)
    {
        if (operation.End == OperationEnd.Answered)
        {
            Visit(operation, operation.Request as RangeRequest, operation.Request as TxnRequest, operation.Response, visit);
        }
    }

    private bool CanComeFrom(RepeatedField<RequestOp> operations)
    {
        foreach (RequestOp operation in operations)
        {
            IMessage? inner = (IMessage?)operation.RequestPut ?? operation.RequestTxn;
            if (inner is not null && CanComeFrom(inner))
            {
                return true;
            }
        }

        return false;
    }

    private static void Visit(
        Operation witness, RangeRequest? range, TxnRequest? transaction, IEtcdResponse? response, Action<RevisionSighting> visit)
    {
        switch (response)
        {
            case PutResponse { PrevKv: { } previous }:
                visit(new RevisionSighting(previous, HasValue: true, witness));
                break;
            case DeleteRangeResponse delete:
                foreach (Etcd.Protocol.KeyValue record in delete.PrevKvs)
                {
                    visit(new RevisionSighting(record, HasValue: true, witness));
                }

                break;
            case RangeResponse found:
                foreach (Etcd.Protocol.KeyValue record in found.Kvs)
                {
                    visit(new RevisionSighting(record, range is { KeysOnly: false }, witness));
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
                    Visit(witness, operations[i].RequestRange, operations[i].RequestTxn, innerResponse, visit);
                }

                break;
        }
    }
}
