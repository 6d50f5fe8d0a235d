using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.KeyValue;
using Quorate.KeyValue.Leases;

namespace Quorate.Etcd.Transactions;

/// <summary>A put, alone or in a transaction.</summary>
internal static class PutOperation
{
    /// <summary>Whether it can be carried out on the state before it; without leases there is none to attach the key to.</summary>
    public static EtcdError? Check(IKeyValueReader before, LeaseTable? leases, in PutFields request)
    {
        if (RequestChecks.Check(request) is { } error)
        {
            return error;
        }

        if (request.Lease != 0 && leases?.Find(request.Lease) is null)
        {
            return EtcdError.LeaseNotFound;
        }

        return Keeps(request) && before.Get(request.Key) is null ? EtcdError.KeyNotFound : null;
    }

    /// <summary>Puts; it has been checked.</summary>
    public static PutResponse? Execute(WriteTransaction write, in PutFields request, bool wanted)
    {
        ReadOnlyMemory<byte> value = request.Value;
        long lease = request.Lease;
        if (Keeps(request))
        {
            // An earlier deletion in the same transaction, where it slips past the duplicate-key check, may have
            // taken the key away: what is kept is then what there was before.
            KeyValueRecord kept = write.Get(request.Key) ?? write.GetBefore(request.Key)!.Value;
            value = request.IgnoreValue ? kept.Value : value;
            lease = request.IgnoreLease ? kept.Lease : lease;
        }

        KeyValueRecord? previous = write.Put(request.Key, value, lease);
        if (!wanted)
        {
            return null;
        }

        PutResponse response = new() { Header = new ResponseHeader { Revision = write.Revision } };
        if (request.WantsPrevious && previous is { } record)
        {
            response.PrevKv = RecordConversion.ToMessage(record);
        }

        return response;
    }

    private static bool Keeps(in PutFields request) => request.IgnoreValue || request.IgnoreLease;
}
