using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Server.Coordination;

/// <summary>
/// Lines in which clients wait for their turn, as etcd keeps them: whoever comes puts a key under the line's name, attached
/// to a lease, and has its turn once all keys created before are gone. So the whole cluster agrees who is first, and a
/// client that dies loses its place with its lease.
/// </summary>
/// <remarks>
/// A waiter watches the key right before its own, and its own: no key that goes wakes more than one. What is waited for is
/// bounded by <see cref="WaitersMax"/>.
/// </remarks>
internal sealed class WaitingLines(MemberCalls calls, CancellationToken stopping)
{
    /// <summary>Most calls of this member that may wait at the same time.</summary>
    public const int WaitersMax = 10_000;

    /// <summary>The time to live of a lease that is granted because the client brought none: etcd's.</summary>
    private const long OwnLeaseSeconds = 60;

    private int _waiters;

    /// <summary>Takes the place of a lease at the end of a line, or finds the one that it has.</summary>
    /// <param name="name">The line.</param>
    /// <param name="lease">The client's lease; zero to have one granted.</param>
    /// <param name="value">What the key is to hold, where it is new.</param>
    public async Task<Place> EnterAsync(ByteString name, long lease, ByteString value)
    {
        bool isOwn = lease == 0;
        if (isOwn)
        {
            lease = (await calls.GrantAsync(OwnLeaseSeconds)).ID;
        }

        try
        {
            ByteString prefix = ByteString.CopyFrom([.. name.Span, (byte)'/']);
            ByteString key = ByteString.CopyFrom([.. prefix.Span, .. System.Text.Encoding.ASCII.GetBytes(LeaseKeys.SuffixOf(lease))]);
            TxnResponse entered = await calls.TransactAsync(new TxnRequest
            {
                Compare = { LineRequests.CreatedAt(key, 0) },
                Success = { LineRequests.Put(key, value, lease), LineRequests.Get(LineRequests.Oldest(prefix)) },
                Failure = { LineRequests.Get(new RangeRequest { Key = key }), LineRequests.Get(LineRequests.Oldest(prefix)) },
            });
            Etcd.Protocol.KeyValue? existing = entered.Succeeded ? null : entered.Responses[0].ResponseRange.Kvs[0];
            long created = existing?.CreateRevision ?? entered.Header.Revision;
            bool isFirst = entered.Responses[1].ResponseRange.Kvs[0].CreateRevision == created;
            return new Place(prefix, key, lease, isOwn, created, existing?.Value, isFirst, entered.Header);
        }
        catch (RpcException) when (isOwn)
        {
            await TryAsync(calls.RevokeAsync(lease));
            throw;
        }
    }

    /// <summary>
    /// Waits until a place is the first of its line. A place that is lost meanwhile ends it with <paramref name="lost"/>;
    /// a caller that leaves, or any other failure, gives the place up.
    /// </summary>
    /// <returns>The header of the answer that found it to be so.</returns>
    public async Task<ResponseHeader> WaitUntilFirstAsync(Place place, string lost, CancellationToken cancellationToken)
    {
        if (place.IsFirst)
        {
            // Nobody would know of a place that is given to a caller who has left. One that its lease had before is another
            // matter: the caller may hold it already.
            if (place.Before is null && cancellationToken.IsCancellationRequested)
            {
                await LeaveAsync(place);
                cancellationToken.ThrowIfCancellationRequested();
            }

            return place.Header;
        }

        try
        {
            using WaiterCount waiter = Count();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
            while (true)
            {
                ending.Token.ThrowIfCancellationRequested();

                // A transaction that only reads: one confirmation of leadership, one version of the store.
                TxnResponse now = await calls.TransactAsync(new TxnRequest
                {
                    Success =
                    {
                        LineRequests.Get(new RangeRequest { Key = place.Key, KeysOnly = true }),
                        LineRequests.Get(LineRequests.NewestBefore(place.Prefix, place.CreateRevision)),
                    },
                });
                var own = now.Responses[0].ResponseRange.Kvs;
                if (own.Count == 0 || own[0].CreateRevision != place.CreateRevision)
                {
                    throw CoordinationFailures.Refused(lost);
                }

                var before = now.Responses[1].ResponseRange.Kvs;
                if (before.Count == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return now.Header;
                }

                using KeyFeed ofBefore = calls.WatchKey(before[0].Key, now.Header.Revision + 1);
                using KeyFeed ofOwn = calls.WatchKey(place.Key, now.Header.Revision + 1);
                await Task.WhenAny(ofBefore.Ended, ofOwn.Ended).WaitAsync(ending.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The place is kept: the client that goes to another member with its lease finds it. One whose lease was granted
            // here it cannot find, and would wait behind.
            if (place.IsLeaseOwn)
            {
                await LeaveAsync(place);
            }

            throw CoordinationFailures.Stopping();
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            await LeaveAsync(place);
            throw;
        }
    }

    /// <summary>Gives a place up. What cannot be done now, the end of its lease will do.</summary>
    public async Task LeaveAsync(Place place)
    {
        if (place.IsLeaseOwn)
        {
            await TryAsync(calls.RevokeAsync(place.Lease));
        }
        else
        {
            await TryAsync(calls.TransactAsync(new TxnRequest
            {
                Compare = { LineRequests.CreatedAt(place.Key, place.CreateRevision) },
                Success = { LineRequests.Delete(place.Key) },
            }));
        }
    }

    /// <summary>Counts a call that waits, until it is disposed of.</summary>
    public WaiterCount Count()
    {
        if (Interlocked.Increment(ref _waiters) > WaitersMax)
        {
            Interlocked.Decrement(ref _waiters);
            throw CoordinationFailures.TooMany();
        }

        return new WaiterCount(this);
    }

    private static async Task TryAsync(Task cleaning)
    {
        try
        {
            await cleaning;
        }
        catch (RpcException)
        {
            // The lease's end cleans up after it.
        }
    }

    /// <summary>One call that waits.</summary>
    internal readonly struct WaiterCount(WaitingLines lines) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref lines._waiters);
    }
}
