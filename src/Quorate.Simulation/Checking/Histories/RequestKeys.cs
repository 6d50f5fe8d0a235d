using Google.Protobuf;
using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;
using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Names the keys and ranges that a request looks at, and says whether it may change them, whichever branches it takes.
/// </summary>
internal static class RequestKeys
{
    public static void Visit(IMessage request, Action<ByteString, ByteString, bool> visit)
    {
        switch (request)
        {
            case PutRequest put:
                visit(put.Key, ByteString.Empty, true);
                break;
            case DeleteRangeRequest delete:
                visit(delete.Key, delete.RangeEnd, true);
                break;
            case RangeRequest range:
                visit(range.Key, range.RangeEnd, false);
                break;
            case TxnRequest transaction:
                foreach (Compare compare in transaction.Compare)
                {
                    visit(compare.Key, compare.RangeEnd, false);
                }

                Visit(transaction.Success, visit);
                Visit(transaction.Failure, visit);
                break;
        }
    }

    private static void Visit(RepeatedField<RequestOp> operations, Action<ByteString, ByteString, bool> visit)
    {
        foreach (RequestOp operation in operations)
        {
            if (RequestOperation.Unwrap(operation) is { } request)
            {
                Visit(request, visit);
            }
        }
    }
}
