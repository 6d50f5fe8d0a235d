using System.Threading.Channels;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Grpc;

namespace Quorate.Server.Services;

/// <summary>etcd's Lease service.</summary>
internal sealed class LeaseService(LeaseRequests requests)
{
    /// <summary>Renewals of one stream that are under way; a client that asks for more waits.</summary>
    private const int RenewalsPerStreamMax = 64;

    public Task<LeaseGrantResponse> LeaseGrant(LeaseGrantRequest request, ServerCallContext context)
    {
        var call = new PendingCall<LeaseGrantResponse>(context);
        requests.Grant(request, call);
        return call.Response;
    }

    public Task<LeaseRevokeResponse> LeaseRevoke(LeaseRevokeRequest request, ServerCallContext context)
    {
        var call = new PendingCall<LeaseRevokeResponse>(context);
        requests.Revoke(request, call);
        return call.Response;
    }

    /// <summary>
    /// Renews whatever leases the client names, one after the other, and answers in the order of asking. A renewal that
    /// fails ends the stream with its error, as in etcd; so does a request that cannot be read. Other streams are not
    /// touched.
    /// </summary>
    public async Task LeaseKeepAlive(
        IAsyncStreamReader<LeaseKeepAliveRequest> requestStream, IServerStreamWriter<LeaseKeepAliveResponse> responseStream, ServerCallContext context)
    {
        var renewals = Channel.CreateBounded<Task<LeaseKeepAliveResponse>>(
            new BoundedChannelOptions(RenewalsPerStreamMax) { SingleReader = true, SingleWriter = true });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        Task asking = AskAsync(requestStream, renewals.Writer, context, ended.Token);
        try
        {
            await foreach (Task<LeaseKeepAliveResponse> renewal in renewals.Reader.ReadAllAsync(ended.Token))
            {
                await responseStream.WriteAsync(await renewal, ended.Token);
            }
        }
        finally
        {
            // Nobody reads any more, so whoever waits for room must not.
            await ended.CancelAsync();
            await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await asking;
    }

    public Task<LeaseTimeToLiveResponse> LeaseTimeToLive(LeaseTimeToLiveRequest request, ServerCallContext context)
    {
        var call = new PendingCall<LeaseTimeToLiveResponse>(context);
        requests.TimeToLive(request, call);
        return call.Response;
    }

    public Task<LeaseLeasesResponse> LeaseLeases(LeaseLeasesRequest request, ServerCallContext context)
    {
        var call = new PendingCall<LeaseLeasesResponse>(context);
        requests.Leases(request, call);
        return call.Response;
    }

    /// <summary>Begins a renewal for each request, as long as there is room.</summary>
    private async Task AskAsync(
        IAsyncStreamReader<LeaseKeepAliveRequest> requestStream,
        ChannelWriter<Task<LeaseKeepAliveResponse>> renewals,
        ServerCallContext context,
        CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            while (await requestStream.MoveNext(cancellationToken))
            {
                await renewals.WaitToWriteAsync(cancellationToken);
                var call = new PendingCall<LeaseKeepAliveResponse>(context);
                requests.KeepAlive(requestStream.Current, call);
                await renewals.WriteAsync(call.Response, cancellationToken);
            }
        }
        catch (Exception e)
        {
            // What was asked before is answered first; then the stream ends with it.
            failure = e;
            throw;
        }
        finally
        {
            renewals.TryComplete(failure);
        }
    }
}
