using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Requests;

/// <summary>
/// How large an answer is, about. A protobuf message cannot be larger than 2 GiB, and its own size is counted in numbers
/// that begin anew there: an answer must be known to be smaller before anything is made of it.
/// </summary>
internal static class AnswerSize
{
    /// <summary>
    /// Most bytes of keys and values in one answer. Half of what protobuf bears, so that what stands around them never matters;
    /// a larger range is read in parts.
    /// </summary>
    public const long BytesMax = 1L << 30;

    /// <summary>Whether an answer is larger than any may be.</summary>
    public static bool IsTooLarge(IEtcdResponse response) => BytesOf(response) > BytesMax;

    private static long BytesOf(object? response)
    {
        switch (response)
        {
            case RangeResponse range:
                return BytesOf(range.Kvs);
            case DeleteRangeResponse delete:
                return BytesOf(delete.PrevKvs);
            case PutResponse { PrevKv: { } replaced }:
                return BytesOf(replaced);
            case TxnResponse transaction:
                long bytes = 0;
                foreach (ResponseOp operation in transaction.Responses)
                {
                    bytes += BytesOf(operation.ResponseCase switch
                    {
                        ResponseOp.ResponseOneofCase.ResponseRange => operation.ResponseRange,
                        ResponseOp.ResponseOneofCase.ResponseDeleteRange => operation.ResponseDeleteRange,
                        ResponseOp.ResponseOneofCase.ResponsePut => operation.ResponsePut,
                        ResponseOp.ResponseOneofCase.ResponseTxn => operation.ResponseTxn,
                        _ => (object?)null,
                    });
                }

                return bytes;
            default:
                return 0;
        }
    }

    private static long BytesOf(RepeatedField<Protocol.KeyValue> records)
    {
        long bytes = 0;
        for (int i = 0; i < records.Count; i++)
        {
            bytes += BytesOf(records[i]);
        }

        return bytes;
    }

    private static long BytesOf(Protocol.KeyValue record) => (long)record.Key.Length + record.Value.Length;
}
