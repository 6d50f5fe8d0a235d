using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Tests.Support;

/// <summary>
/// The duplicate-key rule by enumeration: what each branch puts and deletes, in the order in which etcd looks.
/// </summary>
internal static class NaiveOverlap
{
    public static bool Clashes(TxnRequest request) => Measure(request.Success) is null || Measure(request.Failure) is null;

    private static (List<string> Puts, List<(string Start, string End)> Deletes)? Measure(IReadOnlyCollection<RequestOp> branch)
    {
        List<string> puts = [];
        List<(string Start, string End)> deletes =
        [
            .. branch.Where(operation => operation.RequestDeleteRange is not null)
                .Select(operation => operation.RequestDeleteRange)
                .Select(delete => (
                    delete.Key.ToStringUtf8(),
                    delete.RangeEnd.IsEmpty ? delete.Key.ToStringUtf8() + "\0" : delete.RangeEnd.ToStringUtf8())),
        ];
        foreach (RequestOp operation in branch.Where(operation => operation.RequestTxn is not null))
        {
            var then = Measure(operation.RequestTxn.Success);
            var otherwise = Measure(operation.RequestTxn.Failure);
            if (then is null || otherwise is null)
            {
                return null;
            }

            List<string> either = [.. then.Value.Puts.Union(otherwise.Value.Puts)];
            if (either.Any(key => puts.Contains(key) || IsDeleted(deletes, key)))
            {
                return null;
            }

            puts.AddRange(either);
            deletes.AddRange(then.Value.Deletes);
            deletes.AddRange(otherwise.Value.Deletes);
        }

        foreach (RequestOp operation in branch.Where(operation => operation.RequestPut is not null))
        {
            string key = operation.RequestPut.Key.ToStringUtf8();
            if (puts.Contains(key) || IsDeleted(deletes, key))
            {
                return null;
            }

            puts.Add(key);
        }

        return (puts, deletes);
    }

    private static bool IsDeleted(List<(string Start, string End)> deletes, string key) =>
        deletes.Any(delete => string.CompareOrdinal(delete.Start, key) <= 0 && string.CompareOrdinal(key, delete.End) < 0);
}
