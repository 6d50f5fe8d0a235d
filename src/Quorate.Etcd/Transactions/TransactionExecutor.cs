using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Transactions;

/// <summary>Carries out a transaction whose plan is made and checked: from here on nothing can fail.</summary>
internal static class TransactionExecutor
{
    /// <summary>
    /// Carries it out. The answers of its operations have a revision in their headers and nothing else, that of a
    /// nested transaction not even this, as etcd's have.
    /// </summary>
    /// <returns>The answer, null unless it is wanted; ranges that nobody wants are not read.</returns>
    public static TxnResponse? Execute<TTarget>(TTarget target, TxnRequest request, TransactionPlan plan, bool wanted)
        where TTarget : struct, ITransactionTarget
    {
        int place = 0;
        TxnResponse? response = Execute(target, request, plan, wanted, ref place);
        if (response is not null)
        {
            response.Header.Revision = target.Revision;
        }

        return response;
    }

    private static TxnResponse? Execute<TTarget>(
        TTarget target, TxnRequest request, TransactionPlan plan, bool wanted, ref int place)
        where TTarget : struct, ITransactionTarget
    {
        bool succeeded = plan.Take(ref place);
        TxnResponse? response = wanted ? new() { Header = new ResponseHeader(), Succeeded = succeeded } : null;
        foreach (RequestOp operation in succeeded ? request.Success : request.Failure)
        {
            ResponseOp? answer = wanted ? new() : null;
            switch (operation.RequestCase)
            {
                case RequestOp.RequestOneofCase.RequestRange:
                    if (answer is not null)
                    {
                        answer.ResponseRange = RangeOperation.Execute(target, operation.RequestRange);
                    }

                    break;
                case RequestOp.RequestOneofCase.RequestPut:
                    PutResponse? put = target.Put(operation.RequestPut, wanted);
                    if (answer is not null)
                    {
                        answer.ResponsePut = put;
                    }

                    break;
                case RequestOp.RequestOneofCase.RequestDeleteRange:
                    DeleteRangeResponse? delete = target.Delete(operation.RequestDeleteRange, wanted);
                    if (answer is not null)
                    {
                        answer.ResponseDeleteRange = delete;
                    }

                    break;
                case RequestOp.RequestOneofCase.RequestTxn:
                    TxnResponse? nested = Execute(target, operation.RequestTxn, plan, wanted, ref place);
                    if (answer is not null)
                    {
                        answer.ResponseTxn = nested;
                    }

                    break;
            }

            response?.Responses.Add(answer);
        }

        return response;
    }
}
