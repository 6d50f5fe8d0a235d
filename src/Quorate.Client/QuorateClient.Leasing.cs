using Quorate.Client.Leasing;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client;

public sealed partial class QuorateClient
{
    /// <summary>Makes a lease. Should an answer be lost, a lease that nobody knows may be left to end by itself.</summary>
    /// <param name="timeToLive">How long it lives without being kept alive; full seconds, a part of one counts as one. The server may grant more.</param>
    /// <param name="keepAlive">Whether to keep it alive in the background until it is disposed.</param>
    /// <param name="id">The id that it is to have; 0: the server chooses.</param>
    /// <param name="cancellationToken">Gives the operation up.</param>
    public async Task<LeaseHandle> GrantLeaseAsync(
        TimeSpan timeToLive, bool keepAlive = true, long id = 0, CancellationToken cancellationToken = default)
    {
        var request = new LeaseGrantRequest { TTL = (long)Math.Ceiling(timeToLive.TotalSeconds), ID = id };

        // Before the first attempt: the server counts from later on. Under a chosen id a second attempt could not be told
        // from somebody else's lease; without one it does no harm.
        long asked = _time.GetTimestamp();
        LeaseGrantResponse granted = await _caller.CallAsync(EtcdMethods.LeaseGrant, request, id == 0 ? CallKind.RepeatableWrite : CallKind.Write, cancellationToken).ConfigureAwait(false);
        return Hold(granted.ID, granted.TTL, asked, keepAlive);
    }

    /// <summary>Keeps a lease alive in the background that exists already, such as one of another process.</summary>
    /// <exception cref="LeaseLostException">There is no such lease.</exception>
    public async Task<LeaseHandle> KeepLeaseAliveAsync(long id, CancellationToken cancellationToken = default)
    {
        long asked = _time.GetTimestamp();
        LeaseKeepAliveResponse response = await KeepLeaseAliveOnceAsync(id, cancellationToken).ConfigureAwait(false);
        return Hold(id, response.TTL, asked, keepAlive: true);
    }

    /// <summary>Gives a lease its whole time again, once.</summary>
    /// <exception cref="LeaseLostException">There is no such lease.</exception>
    public async Task<LeaseKeepAliveResponse> KeepLeaseAliveOnceAsync(long id, CancellationToken cancellationToken = default)
    {
        LeaseKeepAliveResponse response = await _caller.AttemptAsync(
            (channel, callOptions) => KeepAliveOnceAsync(channel, id, callOptions), CallKind.RepeatableWrite, cancellationToken).ConfigureAwait(false);
        return response.TTL > 0 ? response : throw new LeaseLostException(id, CurrentEndpoint);
    }

    /// <summary>
    /// Ends a lease, and deletes its keys. False if there is none; also if an attempt succeeded whose answer was lost.
    /// </summary>
    public async Task<bool> RevokeLeaseAsync(long id, CancellationToken cancellationToken = default)
    {
        try
        {
            await _caller.CallAsync(EtcdMethods.LeaseRevoke, new LeaseRevokeRequest { ID = id }, CallKind.RepeatableWrite, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (QuorateException e) when (e.Status.StatusCode == StatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>How long a lease has yet, and which keys it has. The TTL is -1 if there is no such lease.</summary>
    public Task<LeaseTimeToLiveResponse> LeaseTimeToLiveAsync(long id, bool keys = false, CancellationToken cancellationToken = default) =>
        ReadAsync(EtcdMethods.LeaseTimeToLive, new LeaseTimeToLiveRequest { ID = id, Keys = keys }, cancellationToken);

    /// <summary>All leases there are.</summary>
    public Task<LeaseLeasesResponse> LeasesAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(EtcdMethods.LeaseLeases, new LeaseLeasesRequest(), cancellationToken);

    private static async Task<LeaseKeepAliveResponse> KeepAliveOnceAsync(GrpcChannel channel, long id, CallOptions callOptions)
    {
        using AsyncDuplexStreamingCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call = channel.Duplex(EtcdMethods.LeaseKeepAlive, callOptions);
        await call.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = id }).ConfigureAwait(false);
        return await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false)
            ? call.ResponseStream.Current
            : throw new RpcException(new Status(StatusCode.Unavailable, "The server has ended the stream without an answer."));
    }

    private LeaseHandle Hold(long id, long seconds, long asked, bool keepAlive)
    {
        var lease = new LeaseHandle(this, _leases, _time, id, LeaseKeeper.FromSeconds(seconds), asked);
        if (keepAlive)
        {
            _leases.Add(lease);
        }

        return lease;
    }
}
