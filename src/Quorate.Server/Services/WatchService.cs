using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Watches;
using Quorate.Grpc;
using Quorate.Replica;
using Quorate.Server.Watches;

namespace Quorate.Server.Services;

/// <summary>
/// etcd's Watch service. A stream has a task that reads requests, and a <see cref="WatchSender"/> for its responses, served
/// together with those of all streams: what a slow client does not read stays in bounded backlogs below.
/// </summary>
internal sealed class WatchService(
    MemberWatches watches, SenderTurns turns, IReplica replica, TimeSpan leaderPatience, CancellationToken stopping)
{
    /// <summary>Metadata of a client that wants its stream to end when there is no leader, so that it can go elsewhere.</summary>
    private const string RequireLeaderHeader = "hasleader";

    public async Task Watch(IAsyncStreamReader<WatchRequest> requests, IEncodedStreamWriter responses, ServerCallContext context)
    {
        ReplicaStatus status = replica.Status;
        if (status.Configuration.Learners.Contains(status.Id))
        {
            throw Error(EtcdError.NotSupportedForLearner);
        }

        bool requiresLeader = context.RequestHeaders.GetValue(RequireLeaderHeader) == "true";
        if (requiresLeader && status.LeaderId.IsNone)
        {
            throw Error(EtcdError.NoLeader);
        }

        var room = new StreamSignal();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        var sender = new WatchSender(watches, turns, responses, room.Set, ending.Token);
        Task reading = Task.CompletedTask;
        Task watching = Task.CompletedTask;
        try
        {
            // As etcd, the stream goes on after the client has said its last word, until it leaves.
            reading = ReceiveAsync(requests, sender.Stream, room, ending.Token);
            watching = requiresLeader ? LeaderLostAsync(ending.Token) : Task.Delay(Timeout.Infinite, ending.Token);
            Task first = await Task.WhenAny(reading, sender.Failed, watching);
            if (first == reading && reading.IsCompletedSuccessfully)
            {
                first = await Task.WhenAny(sender.Failed, watching);
            }

            if (stopping.IsCancellationRequested)
            {
                throw Error(EtcdError.Stopped);
            }

            // Whatever ended first says how.
            await first;
        }
        finally
        {
            // The others have to be gone before the call's buffers are.
            await ending.CancelAsync();
            await sender.EndAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            sender.Stream.Close();
        }
    }

    private static async Task ReceiveAsync(
        IAsyncStreamReader<WatchRequest> requests, WatchStream stream, StreamSignal room, CancellationToken cancellationToken)
    {
        while (await requests.MoveNext(cancellationToken))
        {
            while (!stream.CanReceive)
            {
                await room.WaitAsync(cancellationToken);
            }

            stream.Receive(requests.Current);
        }
    }

    /// <summary>Ends in an error once no leader has been known for a while.</summary>
    private async Task LeaderLostAsync(CancellationToken cancellationToken)
    {
        TimeSpan without = TimeSpan.Zero;
        TimeSpan interval = leaderPatience / 3;
        while (without < leaderPatience)
        {
            await Task.Delay(interval, cancellationToken);
            without = replica.Status.LeaderId.IsNone ? without + interval : TimeSpan.Zero;
        }

        throw Error(EtcdError.NoLeader);
    }

    private static RpcException Error(EtcdError error) => new(new Status((StatusCode)(int)error.Code, error.Text));
}
