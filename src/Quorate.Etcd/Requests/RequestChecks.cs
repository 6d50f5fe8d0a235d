using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Requests;

/// <summary>What can be wrong with a request whatever the state is. Null where nothing is.</summary>
internal static class RequestChecks
{
    public static EtcdError? Check(RangeRequest request)
    {
        if (request.Key.IsEmpty)
        {
            return EtcdError.EmptyKey;
        }

        bool known = request.SortOrder is >= RangeRequest.Types.SortOrder.None and <= RangeRequest.Types.SortOrder.Descend
            && request.SortTarget is >= RangeRequest.Types.SortTarget.Key and <= RangeRequest.Types.SortTarget.Value;
        return known ? null : EtcdError.InvalidSortOption;
    }

    public static EtcdError? Check(in PutFields request)
    {
        if (request.Key.IsEmpty)
        {
            return EtcdError.EmptyKey;
        }

        if (request.IgnoreValue && !request.Value.IsEmpty)
        {
            return EtcdError.ValueProvided;
        }

        return request.IgnoreLease && request.Lease != 0 ? EtcdError.LeaseProvided : null;
    }

    public static EtcdError? Check(DeleteRangeRequest request) =>
        request.Key.IsEmpty ? EtcdError.EmptyKey : null;

    /// <summary>
    /// The largest of the three lists counts against the limit, and a nested transaction may have what is left of it.
    /// </summary>
    public static EtcdError? Check(TxnRequest request, int operationsMax)
    {
        int operations = Math.Max(request.Compare.Count, Math.Max(request.Success.Count, request.Failure.Count));
        if (operations > operationsMax)
        {
            return EtcdError.TooManyOperations;
        }

        foreach (Compare compare in request.Compare)
        {
            if (compare.Key.IsEmpty)
            {
                return EtcdError.EmptyKey;
            }
        }

        return CheckBranch(request.Success, operationsMax - operations)
            ?? CheckBranch(request.Failure, operationsMax - operations);
    }

    private static EtcdError? CheckBranch(RepeatedField<RequestOp> branch, int operationsMax)
    {
        for (int i = 0; i < branch.Count; i++)
        {
            RequestOp operation = branch[i];
            EtcdError? error = operation.RequestCase switch
            {
                RequestOp.RequestOneofCase.RequestRange => Check(operation.RequestRange),
                RequestOp.RequestOneofCase.RequestPut => Check(PutFields.Of(operation.RequestPut)),
                RequestOp.RequestOneofCase.RequestDeleteRange => Check(operation.RequestDeleteRange),
                RequestOp.RequestOneofCase.RequestTxn => Check(operation.RequestTxn, operationsMax),
                _ => EtcdError.KeyNotFound,
            };
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }
}
