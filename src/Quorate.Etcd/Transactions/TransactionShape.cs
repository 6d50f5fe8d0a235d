using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Transactions;

/// <summary>What can be told of a transaction from its operations alone.</summary>
internal static class TransactionShape
{
    /// <summary>Whether neither branch can change anything: then it need not go through the log (spec G2).</summary>
    public static bool IsReadOnly(TxnRequest request) => IsReadOnly(request.Success) && IsReadOnly(request.Failure);

    /// <summary>
    /// Whether every operation is a range that asks for this member's own state. A transaction without operations is
    /// not: its answer still tells how its compares went, and nobody has said that it may be an old one.
    /// </summary>
    public static bool IsSerializable(TxnRequest request) =>
        request.Success.Count + request.Failure.Count > 0
        && IsSerializable(request.Success)
        && IsSerializable(request.Failure);

    private static bool IsReadOnly(RepeatedField<RequestOp> branch)
    {
        for (int i = 0; i < branch.Count; i++)
        {
            bool readOnly = branch[i].RequestCase switch
            {
                RequestOp.RequestOneofCase.RequestRange => true,
                RequestOp.RequestOneofCase.RequestTxn => IsReadOnly(branch[i].RequestTxn),
                _ => false,
            };
            if (!readOnly)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSerializable(RepeatedField<RequestOp> branch)
    {
        for (int i = 0; i < branch.Count; i++)
        {
            if (branch[i].RequestCase != RequestOp.RequestOneofCase.RequestRange || !branch[i].RequestRange.Serializable)
            {
                return false;
            }
        }

        return true;
    }
}
