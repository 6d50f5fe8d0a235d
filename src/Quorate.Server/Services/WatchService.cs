using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Watches;
using Quorate.Grpc;
using Quorate.Replica;
using Quorate.Server.Watches;

namespace Quorate.Server.Services;

/// <summary>
/// etcd's Watch service. A stream has one task that reads requests and one that pulls responses, each waiting for its own
/// client: what a slow one does not read stays in bounded backlogs below.
/// </summary>
internal sealed class WatchService(MemberWatches watches, IReplica replica, TimeSpan leaderPatience, CancellationToken stopping)
{
    /// <summary>Metadata of a client that wants its stream to end when there is no leader, so that it can go elsewhere.</summary>
    private const string RequireLeaderHeader = "hasleader";

    /// <summary>Responses are sent together up to here.</summary>
    private const int FlushBytes = 64 << 10;

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

        var readable = new StreamSignal();
        var room = new StreamSignal();
        WatchStream stream = watches.Open(readable.Set);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        try
        {
            // As etcd, the stream goes on after the client has said its last word, until it leaves.
            Task reading = ReceiveAsync(requests, stream, room, ending.Token);
            Task writing = SendAsync(stream, responses, readable, room, ending.Token);
            Task watching = requiresLeader ? LeaderLostAsync(ending.Token) : Task.Delay(Timeout.Infinite, ending.Token);
            Task first = await Task.WhenAny(reading, writing, watching);
            if (first == reading && reading.IsCompletedSuccessfully)
            {
                first = await Task.WhenAny(writing, watching);
            }

            // Whatever ended first says how; the others only have to be gone before the call's buffers are.
            await ending.CancelAsync();
            foreach (Task task in new[] { reading, writing, watching })
            {
                await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (stopping.IsCancellationRequested)
            {
                throw Error(EtcdError.Stopped);
            }

            await first;
        }
        finally
        {
            stream.Close();
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

    private static async Task SendAsync(
        WatchStream stream, IEncodedStreamWriter responses, StreamSignal readable, StreamSignal room, CancellationToken cancellationToken)
    {
        while (true)
        {
            while (stream.TryTake(out WatchMessage? message))
            {
                if (message is not null)
                {
                    responses.Write(new EncodedWatchResponse(message));
                }

                if (responses.PendingBytes >= FlushBytes)
                {
                    room.Set();
                    await responses.FlushAsync(cancellationToken);
                }
            }

            room.Set();
            if (responses.PendingBytes > 0)
            {
                await responses.FlushAsync(cancellationToken);
            }

            await readable.WaitAsync(cancellationToken);
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
