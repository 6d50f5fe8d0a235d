using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.KeyValue;
using Quorate.KeyValue.Leases;

namespace Quorate.Etcd.Transactions;

/// <summary>
/// Which branch each transaction of a request takes: its own first, then those nested in that branch, depth first.
/// All compares see the state before the transaction, those of nested ones too.
/// </summary>
internal readonly struct TransactionPlan
{
    private readonly List<bool> _decisions;

    private TransactionPlan(List<bool> decisions)
    {
        _decisions = decisions;
    }

    /// <summary>Decides every compare that counts.</summary>
    public static TransactionPlan Make(IKeyValueReader before, TxnRequest request)
    {
        List<bool> decisions = new(1);
        Decide(before, request, decisions);
        return new TransactionPlan(decisions);
    }

    /// <summary>Whether the transaction at a place takes its first branch; steps to the next place.</summary>
    public bool Take(ref int place) => _decisions[place++];

    /// <summary>
    /// Whether what the plan leads to can be carried out. It is asked before anything is changed, so that a
    /// transaction that cannot changes nothing. Without leases there is none to attach a key to. Where several things are
    /// wrong, etcd names that of a put before that of a range.
    /// </summary>
    public EtcdError? Check(IKeyValueReader before, LeaseTable? leases, TxnRequest request)
    {
        int place = 0;
        EtcdError? error = Check(before, leases, request, ranges: false, ref place);
        place = 0;
        return error ?? Check(before, leases, request, ranges: true, ref place);
    }

    private static void Decide(IKeyValueReader before, TxnRequest request, List<bool> decisions)
    {
        bool succeeded = CompareEvaluator.AllHold(before, request.Compare);
        decisions.Add(succeeded);
        foreach (RequestOp operation in succeeded ? request.Success : request.Failure)
        {
            if (operation.RequestCase == RequestOp.RequestOneofCase.RequestTxn)
            {
                Decide(before, operation.RequestTxn, decisions);
            }
        }
    }

    private EtcdError? Check(IKeyValueReader before, LeaseTable? leases, TxnRequest request, bool ranges, ref int place)
    {
        foreach (RequestOp operation in Take(ref place) ? request.Success : request.Failure)
        {
            EtcdError? error = operation.RequestCase switch
            {
                RequestOp.RequestOneofCase.RequestRange when ranges => RangeOperation.CheckInTransaction(before, operation.RequestRange),
                RequestOp.RequestOneofCase.RequestPut when !ranges => PutOperation.Check(before, leases, PutFields.Of(operation.RequestPut)),
                RequestOp.RequestOneofCase.RequestDeleteRange when !ranges => RequestChecks.Check(operation.RequestDeleteRange),
                RequestOp.RequestOneofCase.RequestTxn => Check(before, leases, operation.RequestTxn, ranges, ref place),
                _ => null,
            };
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }
}
