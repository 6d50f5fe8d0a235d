using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;
using Quorate.KeyValue;
using Quorate.Server.Coordination;

namespace Quorate.Server.Services;

/// <summary>etcd's Election service: the first of a line leads, and its key's value is what it proclaims.</summary>
internal sealed class ElectionService(MemberCalls calls, WaitingLines lines, CancellationToken stopping)
{
    private const string SessionExpired = "election: session expired";
    private const string NotLeader = "election: not leader";
    private const string NoLeader = "election: no leader";
    private const string MissingLeader = "\"leader\" field must be provided";

    public Task<CampaignResponse> Campaign(CampaignRequest request, ServerCallContext context) =>
        CoordinationFailures.AsEtcdAsync(CampaignAsync(request, context.CancellationToken));

    public Task<ProclaimResponse> Proclaim(ProclaimRequest request, ServerCallContext context) =>
        CoordinationFailures.AsEtcdAsync(ProclaimAsync(request));

    public Task<LeaderResponse> Leader(LeaderRequest request, ServerCallContext context) =>
        CoordinationFailures.AsEtcdAsync(LeaderAsync(request));

    public Task<ResignResponse> Resign(ResignRequest request, ServerCallContext context) =>
        CoordinationFailures.AsEtcdAsync(ResignAsync(request));

    /// <summary>
    /// Tells who leads, and each proclamation, in order, until the client leaves. One that reads too slowly misses some,
    /// and never the last.
    /// </summary>
    public async Task Observe(LeaderRequest request, IServerStreamWriter<LeaderResponse> responses, ServerCallContext context)
    {
        using WaitingLines.WaiterCount waiter = lines.Count();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        try
        {
            while (true)
            {
                if (await LeaderOrNextAsync(Prefix(request.Name), ending.Token) is not { } leader)
                {
                    continue;
                }

                using KeyFeed proclamations = calls.WatchKey(leader.Kv.Key, leader.Header.Revision + 1);
                await responses.WriteAsync(leader, ending.Token);
                while (await proclamations.NextAsync(ending.Token) is { } write)
                {
                    await responses.WriteAsync(Answer(leader.Header, write), ending.Token);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw CoordinationFailures.Stopping();
        }
    }

    private async Task<CampaignResponse> CampaignAsync(CampaignRequest request, CancellationToken cancellationToken)
    {
        Place place = await lines.EnterAsync(request.Name, request.Lease, request.Value);
        if (place.Before is { } value && value != request.Value)
        {
            await PutAsync(place.Key, place.CreateRevision, request.Value, place.Lease);
        }

        await lines.WaitUntilFirstAsync(place, SessionExpired, cancellationToken);

        // As etcd, the header is that of the candidacy, however long ago that was.
        return new CampaignResponse
        {
            Header = place.Header,
            Leader = new LeaderKey { Name = request.Name, Key = place.Key, Rev = place.CreateRevision, Lease = place.Lease },
        };
    }

    private async Task<ProclaimResponse> ProclaimAsync(ProclaimRequest request)
    {
        LeaderKey leader = request.Leader ?? throw CoordinationFailures.Refused(MissingLeader);
        return new ProclaimResponse { Header = await PutAsync(leader.Key, leader.Rev, request.Value, leader.Lease) };
    }

    private async Task<LeaderResponse> LeaderAsync(LeaderRequest request)
    {
        RangeResponse oldest = await calls.OldestAsync(Prefix(request.Name));
        return oldest.Kvs.Count == 0
            ? throw CoordinationFailures.Refused(NoLeader)
            : new LeaderResponse { Header = oldest.Header, Kv = oldest.Kvs[0] };
    }

    private async Task<ResignResponse> ResignAsync(ResignRequest request)
    {
        LeaderKey leader = request.Leader ?? throw CoordinationFailures.Refused(MissingLeader);
        TxnResponse resigned = await calls.TransactAsync(new TxnRequest
        {
            Compare = { LineRequests.CreatedAt(leader.Key, leader.Rev) },
            Success = { LineRequests.Delete(leader.Key) },
        });
        return new ResignResponse { Header = resigned.Header };
    }

    /// <summary>Changes the value of a leader's key, which must still be the one that was created then.</summary>
    private async Task<ResponseHeader> PutAsync(ByteString key, long createRevision, ByteString value, long lease)
    {
        TxnResponse put = await calls.TransactAsync(new TxnRequest
        {
            Compare = { LineRequests.CreatedAt(key, createRevision) },
            Success = { LineRequests.Put(key, value, lease) },
        });
        return put.Succeeded ? put.Header : throw CoordinationFailures.Refused(NotLeader);
    }

    /// <summary>Who leads; where nobody does, the first who comes. Null when that cannot be known any more: ask again.</summary>
    private async Task<LeaderResponse?> LeaderOrNextAsync(ByteString prefix, CancellationToken cancellationToken)
    {
        RangeResponse oldest = await calls.OldestAsync(prefix).WaitAsync(cancellationToken);
        if (oldest.Kvs.Count > 0)
        {
            return new LeaderResponse { Header = oldest.Header, Kv = oldest.Kvs[0] };
        }

        using KeyFeed candidates = calls.WatchPrefix(prefix, oldest.Header.Revision + 1);
        return await candidates.NextAsync(cancellationToken) is { } write ? Answer(oldest.Header, write) : null;
    }

    private static LeaderResponse Answer(ResponseHeader of, in KeyValueRecord write)
    {
        ResponseHeader header = of.Clone();
        header.Revision = write.ModRevision;
        return new LeaderResponse
        {
            Header = header,
            Kv = new Etcd.Protocol.KeyValue
            {
                Key = UnsafeByteOperations.UnsafeWrap(write.Key),
                Value = UnsafeByteOperations.UnsafeWrap(write.Value),
                CreateRevision = write.CreateRevision,
                ModRevision = write.ModRevision,
                Version = write.Version,
                Lease = write.Lease,
            },
        };
    }

    private static ByteString Prefix(ByteString name) => ByteString.CopyFrom([.. name.Span, (byte)'/']);
}
