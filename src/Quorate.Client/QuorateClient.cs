using System.Runtime.CompilerServices;
using Google.Protobuf;
using Quorate.Client.Leasing;
using Quorate.Client.Watching;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client;

/// <summary>
/// Talks to a cluster: stays with one endpoint while that serves, goes to the next when it does not, and tries
/// again only what cannot be carried out twice. Safe for use by many threads.
/// <para>Every operation throws <see cref="QuorateException"/> if it does not succeed, and
/// <see cref="OperationCanceledException"/> if its token gives it up; a write that is given up may take effect.</para>
/// </summary>
public sealed partial class QuorateClient : IDisposable
{
    private readonly EndpointBalancer _balancer;
    private readonly RetryingCaller _caller;
    private readonly WatchMultiplexer _watches;
    private readonly LeaseKeeper _leases;
    private readonly TimeProvider _time;
    private readonly TimeSpan _pause;
    private readonly Uri[] _endpoints;

    /// <summary>Makes a client; nothing is connected before the first operation.</summary>
    /// <exception cref="ArgumentException">There is no endpoint, or one that cannot be asked.</exception>
    public QuorateClient(QuorateClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Endpoints.Count == 0)
        {
            throw new ArgumentException("There is no endpoint to ask; name at least one, such as 127.0.0.1:2379.", nameof(options));
        }

        _endpoints = new Uri[options.Endpoints.Count];
        for (int i = 0; i < _endpoints.Length; i++)
        {
            _endpoints[i] = QuorateClientOptions.ParseEndpoint(options.Endpoints[i]);
        }

        var channelOptions = new GrpcChannelOptions
        {
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAlivePingDelay,
            KeepAlivePingTimeout = options.KeepAlivePingTimeout,
        };
        _balancer = new EndpointBalancer(_endpoints, channelOptions, options.StartAnywhere);
        _caller = new RetryingCaller(_balancer, options);
        _watches = new WatchMultiplexer(_balancer, options);
        _leases = new LeaseKeeper(_balancer, options);
        _time = options.TimeProvider;
        _pause = options.RetryPauseMax;
    }

    /// <summary>Makes a client of the given endpoints, with everything else as it is by default.</summary>
    public QuorateClient(params string[] endpoints)
        : this(new QuorateClientOptions { Endpoints = endpoints })
    {
    }

    /// <summary>The endpoints, in the order in which they are asked.</summary>
    public IReadOnlyList<Uri> Endpoints => _endpoints;

    /// <summary>The endpoint that is asked now.</summary>
    public Uri CurrentEndpoint => _endpoints[_balancer.Current];

    /// <summary>Whether it can do nothing more, so that what is given back to the cluster out of courtesy is not.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>Waits before an operation that has failed as a whole is begun anew.</summary>
    internal Task PauseAsync(CancellationToken cancellationToken) => Task.Delay(_pause, _time, cancellationToken);

    /// <summary>Writes a key.</summary>
    public Task<PutResponse> PutAsync(PutRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync(EtcdMethods.Put, request, cancellationToken);

    /// <summary>Writes a key.</summary>
    public Task<PutResponse> PutAsync(string key, string value, CancellationToken cancellationToken = default) =>
        PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) }, cancellationToken);

    /// <summary>Reads a range of keys.</summary>
    public Task<RangeResponse> RangeAsync(RangeRequest request, CancellationToken cancellationToken = default) =>
        ReadAsync(EtcdMethods.Range, request, cancellationToken);

    /// <summary>Reads a key; null if there is none.</summary>
    public async Task<KeyValue?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        RangeResponse response = await RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8(key) }, cancellationToken).ConfigureAwait(false);
        return response.Kvs.Count == 0 ? null : response.Kvs[0];
    }

    /// <summary>Deletes a range of keys.</summary>
    public Task<DeleteRangeResponse> DeleteAsync(DeleteRangeRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync(EtcdMethods.DeleteRange, request, cancellationToken);

    /// <summary>Deletes a key; true if there was one.</summary>
    public async Task<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        DeleteRangeResponse response = await DeleteAsync(new DeleteRangeRequest { Key = ByteString.CopyFromUtf8(key) }, cancellationToken).ConfigureAwait(false);
        return response.Deleted > 0;
    }

    /// <summary>Carries out a transaction. One that only reads is tried again like a read.</summary>
    public Task<TxnResponse> TxnAsync(TxnRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _caller.CallAsync(EtcdMethods.Txn, request, OnlyReads(request) ? CallKind.Read : CallKind.Write, cancellationToken);
    }

    /// <summary>Carries out a transaction that comes to the same when it is carried out twice.</summary>
    internal Task<TxnResponse> RepeatableTxnAsync(TxnRequest request, CancellationToken cancellationToken) =>
        _caller.CallAsync(EtcdMethods.Txn, request, CallKind.RepeatableWrite, cancellationToken);

    /// <summary>Carries out the transaction that a builder holds.</summary>
    public Task<TxnResponse> TxnAsync(TransactionBuilder transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return TxnAsync(transaction.Build(), cancellationToken);
    }

    /// <summary>Forgets what keys were before a revision.</summary>
    /// <param name="revision">The oldest revision that can still be read afterwards.</param>
    /// <param name="physical">Whether to wait until it is gone from the store as well.</param>
    /// <param name="cancellationToken">Gives the operation up.</param>
    public Task<CompactionResponse> CompactAsync(long revision, bool physical = false, CancellationToken cancellationToken = default) =>
        WriteAsync(EtcdMethods.Compact, new CompactionRequest { Revision = revision, Physical = physical }, cancellationToken);

    /// <summary>How a member is: the one at <paramref name="endpoint"/>, or the one that is asked now.</summary>
    public Task<StatusResponse> StatusAsync(Uri? endpoint = null, CancellationToken cancellationToken = default) =>
        OfOneMemberAsync(EtcdMethods.Status, new StatusRequest(), endpoint, cancellationToken);

    /// <summary>
    /// A hash over all keys up to a revision (0: the newest) on one member: the one at <paramref name="endpoint"/>, or
    /// the one that is asked now.
    /// </summary>
    public Task<HashKVResponse> HashKVAsync(long revision = 0, Uri? endpoint = null, CancellationToken cancellationToken = default) =>
        OfOneMemberAsync(EtcdMethods.HashKV, new HashKVRequest { Revision = revision }, endpoint, cancellationToken);

    /// <summary>Hands leadership to a member (spec E6). Only the leader can; the endpoints are asked until it is found.</summary>
    public Task<MoveLeaderResponse> MoveLeaderAsync(ulong targetMemberId, CancellationToken cancellationToken = default) =>
        WriteAsync(EtcdMethods.MoveLeader, new MoveLeaderRequest { TargetID = targetMemberId }, cancellationToken);

    /// <summary>Lists the alarms that are active, raises one or clears one.</summary>
    public Task<AlarmResponse> AlarmAsync(AlarmRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _caller.CallAsync(EtcdMethods.Alarm, request, request.Action == AlarmRequest.Types.AlarmAction.Get ? CallKind.Read : CallKind.Write, cancellationToken);
    }

    /// <summary>
    /// The whole state of one member as a backup, in parts: of the one at <paramref name="endpoint"/>, or of the first that
    /// answers. It is not tried again: what was received of one member does not go on with another's.
    /// </summary>
    public async IAsyncEnumerable<SnapshotResponse> SnapshotAsync(
        Uri? endpoint = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await StatusAsync(endpoint, cancellationToken).ConfigureAwait(false);
        GrpcChannel channel = _balancer[endpoint is null ? _balancer.Current : _balancer.IndexOf(endpoint)];
        using AsyncServerStreamingCall<SnapshotResponse> call = channel.ServerStreaming(
            EtcdMethods.Snapshot, new SnapshotRequest(), new CallOptions(CancellationToken: cancellationToken));
        while (true)
        {
            try
            {
                if (!await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (RpcException failure)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new QuorateException(failure, channel.Address, outcomeUnknown: false);
            }

            yield return call.ResponseStream.Current;
        }
    }

    /// <summary>Who belongs to the cluster.</summary>
    /// <param name="linearizable">False: what the asked member has applied is enough.</param>
    /// <param name="cancellationToken">Gives the operation up.</param>
    public Task<MemberListResponse> MemberListAsync(bool linearizable = true, CancellationToken cancellationToken = default) =>
        ReadAsync(EtcdMethods.MemberList, new MemberListRequest { Linearizable = linearizable }, cancellationToken);

    /// <summary>Ends the watches, stops keeping leases alive, and closes the connections.</summary>
    public void Dispose()
    {
        IsDisposed = true;
        _watches.Dispose();
        _leases.Dispose();
        _balancer.Dispose();
    }

    private static bool OnlyReads(TxnRequest request) => OnlyReads(request.Success) && OnlyReads(request.Failure);

    private static bool OnlyReads(IEnumerable<RequestOp> operations)
    {
        foreach (RequestOp operation in operations)
        {
            bool isRead = operation.RequestCase == RequestOp.RequestOneofCase.RequestRange
                || (operation.RequestCase == RequestOp.RequestOneofCase.RequestTxn && OnlyReads(operation.RequestTxn));
            if (!isRead)
            {
                return false;
            }
        }

        return true;
    }

    private Task<TResponse> ReadAsync<TRequest, TResponse>(Method<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        _caller.CallAsync(method, request, CallKind.Read, cancellationToken);

    private Task<TResponse> WriteAsync<TRequest, TResponse>(Method<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        _caller.CallAsync(method, request, CallKind.Write, cancellationToken);

    private Task<TResponse> OfOneMemberAsync<TRequest, TResponse>(Method<TRequest, TResponse> method, TRequest request, Uri? endpoint, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        if (endpoint is null)
        {
            return _caller.CallAsync(method, request, CallKind.Read, cancellationToken);
        }

        int index = _balancer.IndexOf(endpoint);
        return index >= 0
            ? _caller.CallOneAsync(index, method, request, cancellationToken)
            : throw new ArgumentException($"'{endpoint}' is none of this client's endpoints.", nameof(endpoint));
    }
}
