using Quorate.Etcd.Protocol;
using Quorate.KeyValue;

namespace Quorate.Etcd.Transactions;

/// <summary>A deletion, alone or in a transaction.</summary>
internal static class DeleteOperation
{
    /// <summary>Deletes; where there is nothing to delete it uses up no revision.</summary>
    public static DeleteRangeResponse? Execute(WriteTransaction write, DeleteRangeRequest request, bool wanted)
    {
        IReadOnlyList<KeyValueRecord> deleted =
            write.Delete(KeyRange.FromWire(request.Key.Memory, request.RangeEnd.Memory));
        if (!wanted)
        {
            return null;
        }

        DeleteRangeResponse response = new()
        {
            Header = new ResponseHeader { Revision = write.Revision },
            Deleted = deleted.Count,
        };
        if (request.PrevKv)
        {
            response.PrevKvs.Capacity = deleted.Count;
            for (int i = 0; i < deleted.Count; i++)
            {
                response.PrevKvs.Add(RecordConversion.ToMessage(deleted[i]));
            }
        }

        return response;
    }
}
