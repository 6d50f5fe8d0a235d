using System.Runtime.CompilerServices;
using Google.Protobuf;
using Quorate.Client.Queueing;
using Quorate.Etcd.Protocol;

namespace Quorate.Client;

/// <summary>
/// Elections among the clients of a cluster, by etcd's recipe: <c>etcdctl elect</c> and the <c>v3election</c> service take part in them.
/// </summary>
public static class ElectionExtensions
{
    /// <summary>Waits until it leads; candidates lead in the order in which they came.</summary>
    /// <param name="client">The client.</param>
    /// <param name="name">The name of the election.</param>
    /// <param name="value">What those who observe are told of this candidate.</param>
    /// <param name="options">On what lease the candidacy rests.</param>
    /// <param name="cancellationToken">Gives the candidacy up.</param>
    /// <exception cref="LeaseLostException">The lease has ended while it waited.</exception>
    public static async Task<LeadershipHandle> CampaignAsync(
        this QuorateClient client, string name, string value, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        QueuePlace place = await QueuePlace.JoinAsync(
            client, name, ByteString.CopyFromUtf8(value), options ?? new LockOptions(), cancellationToken).ConfigureAwait(false);
        try
        {
            await place.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
            return new LeadershipHandle(client, name, place);
        }
        catch
        {
            await place.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The leader's key, whose value is what it has proclaimed; null if nobody leads.</summary>
    public static async Task<KeyValue?> LeaderAsync(this QuorateClient client, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        RangeResponse response = await FindLeaderAsync(client, name, cancellationToken).ConfigureAwait(false);
        return response.Kvs.Count == 0 ? null : response.Kvs[0];
    }

    /// <summary>
    /// The leader, and then every new leader and everything that a leader proclaims, as long as it is listened to. A leader
    /// that comes and goes while another is read may be left out; the last one never is.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="name">The name of the election.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<KeyValue> ObserveAsync(
        this QuorateClient client, string name, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        long told = 0;
        while (true)
        {
            RangeResponse found = await FindLeaderAsync(client, name, cancellationToken).ConfigureAwait(false);
            KeyValue? leader = found.Kvs.Count == 0 ? null : found.Kvs[0];
            if (leader is not null && leader.ModRevision != told)
            {
                told = leader.ModRevision;
                yield return leader;
            }

            // Without a leader the next candidate is waited for; with one, what it proclaims, and its end.
            KeyRange range = leader is null ? KeyRange.Prefix(QueuePlace.PrefixOf(name)) : KeyRange.Of(leader.Key);
            var options = new WatchOptions { StartRevision = found.Header.Revision + 1 };
            await using IAsyncEnumerator<WatchEvent> events = client.WatchAsync(range, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(events).ConfigureAwait(false) is { Type: WatchEventType.Put } put && leader is not null)
            {
                told = put.Revision;
                yield return put.KeyValue;
            }
        }
    }

    private static async Task<WatchEvent?> NextAsync(IAsyncEnumerator<WatchEvent> events)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false) ? events.Current : null;
        }
        catch (CompactedException)
        {
            // The present is read again.
            return null;
        }
    }

    private static Task<RangeResponse> FindLeaderAsync(QuorateClient client, string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ByteString prefix = QueuePlace.PrefixOf(name);
        var oldest = new RangeRequest
        {
            Key = prefix,
            RangeEnd = KeyRange.EndOfPrefix(prefix),
            SortTarget = RangeRequest.Types.SortTarget.Create,
            SortOrder = RangeRequest.Types.SortOrder.Ascend,
            Limit = 1,
        };
        return client.RangeAsync(oldest, cancellationToken);
    }
}
