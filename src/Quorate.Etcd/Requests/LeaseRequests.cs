using Google.Protobuf;
using Quorate.Etcd.Commands;
using Quorate.Etcd.Protocol;
using Quorate.KeyValue.Leases;

namespace Quorate.Etcd.Requests;

/// <summary>
/// The requests of etcd's Lease service. Every member serves all of them: what changes a lease goes through the log, what
/// asks about one is a linearizable read.
/// </summary>
public sealed class LeaseRequests
{
    private readonly RequestPath _path;
    private readonly LeaseIdSource _ids;

    internal LeaseRequests(RequestPath path)
    {
        _path = path;
        _ids = new LeaseIdSource(path.Options.LeaseIdSeed);
    }

    /// <summary>Grants a lease, under an id chosen here unless the request has one. A time to live too short is raised.</summary>
    public void Grant(LeaseGrantRequest request, EtcdCall<LeaseGrantResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        if (request.TTL > LeaseTimes.TtlSecondsMax)
        {
            call.Failed(EtcdError.LeaseTtlTooLarge);
            return;
        }

        // A full store takes no new leases, as in etcd.
        if (QuotaGate.Refuses(_path, QuotaCost.OfLeaseBytes, call))
        {
            return;
        }

        // The command says what the lease is to be: members must not choose, nor differ in their settings.
        LeaseGrantRequest granted = new()
        {
            ID = request.ID != 0 ? request.ID : _ids.Next(_path.Replica.Status.LastIndex),
            TTL = Math.Max(request.TTL, _path.Options.LeaseTtlSecondsMin),
        };
        _path.Propose(CommandKind.LeaseGrant, granted, default, call);
    }

    /// <summary>Ends a lease, and deletes the keys attached to it.</summary>
    public void Revoke(LeaseRevokeRequest request, EtcdCall<LeaseRevokeResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        _path.Propose(CommandKind.LeaseRevoke, request, default, call);
    }

    /// <summary>
    /// Gives a lease its whole time anew. It goes through the log: the answer is a promise, which whoever leads later
    /// must know of. An answer without time to live says that there is no such lease, as in etcd.
    /// </summary>
    public void KeepAlive(LeaseKeepAliveRequest request, EtcdCall<LeaseKeepAliveResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        _path.Propose(CommandKind.LeaseRenew, request, default, call);
    }

    /// <summary>
    /// How much time a lease has left, as far as this member has seen it pass, and which keys are attached to it. Of a
    /// lease that there is not, the answer is -1, as in etcd.
    /// </summary>
    public void TimeToLive(LeaseTimeToLiveRequest request, EtcdCall<LeaseTimeToLiveResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        _path.Read(request, local: false, ReadTimeToLive, call);
    }

    /// <summary>Lists all leases; those come first that have least time left.</summary>
    public void Leases(LeaseLeasesRequest request, EtcdCall<LeaseLeasesResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        _path.Read(request, local: false, ReadLeases, call);
    }

    private static EtcdError? ReadTimeToLive(RequestPath path, LeaseTimeToLiveRequest request, out LeaseTimeToLiveResponse? response)
    {
        response = new LeaseTimeToLiveResponse { Header = PresentHeader(path), ID = request.ID, TTL = -1 };
        LeaseVersion leases = path.State.CurrentLeases;
        if (leases.Find(request.ID) is { } lease)
        {
            response.TTL = leases.RemainingMilliseconds(lease) / 1000;
            response.GrantedTTL = lease.TtlSeconds;
            if (request.Keys)
            {
                response.Keys.Capacity = lease.Keys.Count;
                foreach (ReadOnlyMemory<byte> key in lease.Keys)
                {
                    response.Keys.Add(UnsafeByteOperations.UnsafeWrap(key));
                }
            }
        }

        return null;
    }

    private static EtcdError? ReadLeases(RequestPath path, LeaseLeasesRequest request, out LeaseLeasesResponse? response)
    {
        long[] found = path.State.CurrentLeases.IdsByRemainingTime();
        response = new LeaseLeasesResponse { Header = PresentHeader(path) };
        response.Leases.Capacity = found.Length;
        foreach (long id in found)
        {
            response.Leases.Add(new LeaseStatus { ID = id });
        }

        return null;
    }

    private static ResponseHeader PresentHeader(RequestPath path) => new() { Revision = path.State.History.Revision };
}
