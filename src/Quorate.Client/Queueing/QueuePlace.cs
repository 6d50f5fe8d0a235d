using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client.Queueing;

/// <summary>
/// A place in the queue of a lock or an election, by etcd's recipe, so that holders of all languages queue up together:
/// a key under the name that lives as long as a lease, whose turn comes when no key under the name is older.
/// </summary>
internal sealed class QueuePlace : IAsyncDisposable
{
    private readonly QuorateClient _client;
    private readonly bool _ownsLease;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _left = new();
    private readonly ByteString _prefix;
    private Task _guarding = Task.CompletedTask;
    private bool _isDisposed;

    private QueuePlace(QuorateClient client, string name, LeaseHandle lease, bool ownsLease)
    {
        _client = client;
        _ownsLease = ownsLease;
        Lease = lease;
        _prefix = PrefixOf(name);
        Key = ByteString.CopyFromUtf8($"{name}/{LeaseKeys.SuffixOf(lease.Id)}");
        _lost = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost);
        Lost = _lost.Token;
    }

    public LeaseHandle Lease { get; }

    public ByteString Key { get; }

    /// <summary>The revision at which the key came: the place in the queue.</summary>
    public long CreateRevision { get; private set; }

    /// <summary>Fires when the key is gone, or its lease must be taken for gone.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Whether it is still there, for a transaction.</summary>
    public Compare IsThere => new()
    {
        Key = Key,
        Target = Compare.Types.CompareTarget.Create,
        Result = Compare.Types.CompareResult.Equal,
        CreateRevision = CreateRevision,
    };

    public static ByteString PrefixOf(string name) => ByteString.CopyFromUtf8(name + "/");

    /// <summary>Joins the queue.</summary>
    public static async Task<QueuePlace> JoinAsync(
        QuorateClient client, string name, ByteString value, LockOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        LeaseHandle lease = options.Lease
            ?? await client.GrantLeaseAsync(options.TimeToLive, keepAlive: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        var place = new QueuePlace(client, name, lease, ownsLease: options.Lease is null);
        try
        {
            await place.EnterAsync(value, cancellationToken).ConfigureAwait(false);
            return place;
        }
        catch
        {
            // The key may have come about even so.
            await place.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until it is the first.</summary>
    /// <exception cref="LeaseLostException">It has lost its place.</exception>
    public async Task WaitForTurnAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Lost);
        try
        {
            while (await FindPredecessorAsync(either.Token).ConfigureAwait(false) is { } predecessor)
            {
                await WaitUntilDeletedAsync(predecessor.Key, predecessor.Revision, either.Token).ConfigureAwait(false);
            }

            // Nobody is before it; but is it still there itself? The lease may have ended while it waited.
            RangeResponse own = await _client.RangeAsync(new RangeRequest { Key = Key }, either.Token).ConfigureAwait(false);
            if (own.Kvs.Count == 0 || own.Kvs[0].CreateRevision != CreateRevision)
            {
                throw new LeaseLostException(Lease.Id, _client.CurrentEndpoint);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && Lost.IsCancellationRequested)
        {
            throw new LeaseLostException(Lease.Id, _client.CurrentEndpoint);
        }
    }

    /// <summary>Whether it is the first now.</summary>
    public async Task<bool> IsFirstAsync(CancellationToken cancellationToken) =>
        await FindPredecessorAsync(cancellationToken).ConfigureAwait(false) is null;

    /// <summary>Leaves the queue; what relied on the place is told first.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _lost.CancelAsync().ConfigureAwait(false);
        await _left.CancelAsync().ConfigureAwait(false);
        await _guarding.ConfigureAwait(false);
        try
        {
            if (!_client.IsDisposed)
            {
                await RemoveKeyAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is QuorateException or ObjectDisposedException)
        {
            // It goes with its lease.
        }

        if (_ownsLease)
        {
            await Lease.DisposeAsync().ConfigureAwait(false);
        }

        _lost.Dispose();
        _left.Dispose();
    }

    private async Task EnterAsync(ByteString value, CancellationToken cancellationToken)
    {
        // Carried out twice it finds its own key the second time.
        var enter = new TxnRequest
        {
            Compare = { IsThere },
            Success = { new RequestOp { RequestPut = new PutRequest { Key = Key, Value = value, Lease = Lease.Id } } },
            Failure = { new RequestOp { RequestRange = new RangeRequest { Key = Key } } },
        };
        TxnResponse entered = await _client.RepeatableTxnAsync(enter, cancellationToken).ConfigureAwait(false);
        CreateRevision = entered.Succeeded ? entered.Header.Revision : entered.Responses[0].ResponseRange.Kvs[0].CreateRevision;
        _guarding = GuardAsync();
    }

    private Task<TxnResponse> RemoveKeyAsync()
    {
        // Before the revision is known the lease alone says whose the key is.
        Compare isOwn = CreateRevision > 0
            ? IsThere
            : new Compare { Key = Key, Target = Compare.Types.CompareTarget.Lease, Result = Compare.Types.CompareResult.Equal, Lease = Lease.Id };
        var remove = new TxnRequest { Compare = { isOwn }, Success = { new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = Key } } } };
        return _client.RepeatableTxnAsync(remove, CancellationToken.None);
    }

    /// <summary>The youngest key of those that are older, and the revision at which it was seen.</summary>
    private async Task<(ByteString Key, long Revision)?> FindPredecessorAsync(CancellationToken cancellationToken)
    {
        var older = new RangeRequest
        {
            Key = _prefix,
            RangeEnd = KeyRange.EndOfPrefix(_prefix),
            SortTarget = RangeRequest.Types.SortTarget.Create,
            SortOrder = RangeRequest.Types.SortOrder.Descend,
            MaxCreateRevision = CreateRevision - 1,
            Limit = 1,
            KeysOnly = true,
        };
        RangeResponse found = await _client.RangeAsync(older, cancellationToken).ConfigureAwait(false);
        return found.Kvs.Count == 0 ? null : (found.Kvs[0].Key, found.Header.Revision);
    }

    /// <summary>
    /// Waits for one key only, so that an unlock wakes one who waits and not all. False if the history in which it would
    /// stand is gone: whether the key is gone as well must be asked.
    /// </summary>
    private async Task<bool> WaitUntilDeletedAsync(ByteString key, long seenAtRevision, CancellationToken cancellationToken)
    {
        var deletions = new WatchOptions { StartRevision = seenAtRevision + 1, IgnorePuts = true };
        try
        {
            await foreach (WatchEvent deletion in _client.WatchAsync(KeyRange.Of(key), deletions, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }

            return false;
        }
        catch (CompactedException)
        {
            return false;
        }
    }

    /// <summary>Sees to it that <see cref="Lost"/> fires when somebody deletes the key, or revokes the lease.</summary>
    private async Task GuardAsync()
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Lost, _left.Token);
        try
        {
            long seen = CreateRevision;
            while (!await WaitUntilDeletedAsync(Key, seen, either.Token).ConfigureAwait(false))
            {
                KeyValue? own;
                (own, seen) = await LookForOwnAsync(either.Token).ConfigureAwait(false);
                if (own?.CreateRevision != CreateRevision)
                {
                    break;
                }
            }

            // A deletion after it came is the end of it, whatever stands under its name by now.
            _ = _lost.CancelAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or QuorateException)
        {
            // Left, or lost with its lease. A server that lets nobody look leaves the lease to tell.
        }
    }

    /// <summary>What stands under the own name, and at which revision; asked for as long as the answer may yet come.</summary>
    private async Task<(KeyValue? Own, long Revision)> LookForOwnAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                RangeResponse found = await _client.RangeAsync(new RangeRequest { Key = Key }, cancellationToken).ConfigureAwait(false);
                return (found.Kvs.Count > 0 ? found.Kvs[0] : null, found.Header.Revision);
            }
            catch (QuorateException e) when (e.InnerException is RpcException failure && FailureKind.IsPassing(failure))
            {
                await _client.PauseAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
