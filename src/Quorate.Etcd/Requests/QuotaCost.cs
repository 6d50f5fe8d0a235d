using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Requests;

/// <summary>By how much a request may make the store grow, as etcd estimates it; zero passes however full it is.</summary>
internal static class QuotaCost
{
    /// <summary>What a key costs beside its bytes and its value's.</summary>
    private const long KeyOverheadBytes = 256;

    /// <summary>What a lease costs.</summary>
    public const long OfLeaseBytes = 64;

    public static long Of(in PutFields request) => KeyOverheadBytes + request.Key.Length + request.Value.Length;

    /// <summary>The dearer of the two branches.</summary>
    public static long Of(TxnRequest request) => Math.Max(Of(request.Success), Of(request.Failure));

    private static long Of(RepeatedField<RequestOp> branch)
    {
        long sum = 0;
        for (int i = 0; i < branch.Count; i++)
        {
            sum += branch[i].RequestCase switch
            {
                RequestOp.RequestOneofCase.RequestPut => Of(PutFields.Of(branch[i].RequestPut)),
                RequestOp.RequestOneofCase.RequestTxn => Of(branch[i].RequestTxn),
                _ => 0,
            };
        }

        return sum;
    }
}
