using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client.Leasing;

/// <summary>
/// Keeps leases alive: asks for more time after a third of each TTL, all on one stream to one member at a time, and goes
/// on at the next endpoint when the stream ends or an answer does not come.
/// </summary>
internal sealed class LeaseKeeper(EndpointBalancer balancer, QuorateClientOptions options) : IDisposable
{
    /// <summary>The longest that a timer waits at a time.</summary>
    public static readonly TimeSpan TimerMax = TimeSpan.FromDays(30);

    /// <summary>The longest that a member may take to answer; a third of the TTL if that is less.</summary>
    public static readonly TimeSpan AnswerTimeoutMax = TimeSpan.FromSeconds(5);

    /// <summary>How often leases are looked through at most: many leases cost one look together.</summary>
    private static readonly TimeSpan s_lookPause = TimeSpan.FromMilliseconds(100);

    /// <summary>How often they are looked through at least; a lease that is added waits no longer.</summary>
    private static readonly TimeSpan s_lookPauseMax = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();

    /// <summary>The handles of each lease that is kept alive, of which none is empty: a question for any of them is one for all.</summary>
    private readonly Dictionary<long, List<LeaseHandle>> _leases = [];
    private readonly CancellationTokenSource _stopping = new();
    private bool _isRunning;

    /// <summary>The server's TTL as a time; those beyond what a timer counts are cut.</summary>
    public static TimeSpan FromSeconds(long seconds) => TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue));

    /// <summary>Begins to keep a lease alive, until it is lost.</summary>
    public void Add(LeaseHandle lease)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, typeof(QuorateClient));
            if (lease.Lost.IsCancellationRequested)
            {
                return;
            }

            if (_leases.TryGetValue(lease.Id, out List<LeaseHandle>? handles))
            {
                handles.Add(lease);
            }
            else
            {
                _leases.Add(lease.Id, [lease]);
            }

            if (!_isRunning)
            {
                _isRunning = true;
                _ = Task.Run(RunAsync);
            }
        }
    }

    public void Remove(LeaseHandle lease)
    {
        lock (_gate)
        {
            if (_leases.TryGetValue(lease.Id, out List<LeaseHandle>? handles) && handles.Remove(lease) && handles.Count == 0)
            {
                _leases.Remove(lease.Id);
            }
        }
    }

    /// <summary>Whether any handle keeps the lease alive.</summary>
    public bool Keeps(long id)
    {
        lock (_gate)
        {
            return _leases.ContainsKey(id);
        }
    }

    public void Dispose() => _stopping.Cancel();

    private async Task RunAsync()
    {
        var rounds = new EndpointRounds(balancer, options);
        try
        {
            while (true)
            {
                int index = balancer.Current;
                long opening = options.TimeProvider.GetTimestamp();
                await RunOneAsync(balancer[index]).ConfigureAwait(false);
                lock (_gate)
                {
                    if (_leases.Count == 0)
                    {
                        _isRunning = false;
                        return;
                    }
                }

                await rounds.MoveOnAsync(index, options.TimeProvider.GetElapsedTime(opening), _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The client is disposed; each lease counts down by its own clock.
        }
    }

    /// <summary>Keeps leases alive on one stream, until it fails or no lease is left.</summary>
    private async Task RunOneAsync(GrpcChannel channel)
    {
        foreach (LeaseHandle lease in All())
        {
            lease.Forget();
        }

        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        Metadata? headers = options.RequireLeader ? StreamHeaders.RequireLeader : null;
        using AsyncDuplexStreamingCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call =
            channel.Duplex(EtcdMethods.LeaseKeepAlive, new CallOptions(headers, Deadline: null, leaving.Token));
        Task writing = WriteAsync(call.RequestStream, leaving);
        Task guarding = GuardAsync(leaving);
        try
        {
            while (await call.ResponseStream.MoveNext(leaving.Token).ConfigureAwait(false))
            {
                LeaseKeepAliveResponse response = call.ResponseStream.Current;
                foreach (LeaseHandle lease in Find(response.ID))
                {
                    lease.Answer(response.TTL);
                }
            }
        }
        catch (RpcException)
        {
            // Whatever it is, another member may do better, and each lease knows when it is too late.
        }
        finally
        {
            await leaving.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false);
            await guarding.ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(IClientStreamWriter<LeaseKeepAliveRequest> requests, CancellationTokenSource leaving)
    {
        try
        {
            while (true)
            {
                TimeSpan wait = s_lookPauseMax;
                foreach (LeaseHandle[] handles in ByLease())
                {
                    // While one waits for an answer there is no second question: it could not be told which of them was answered.
                    if (Array.Exists(handles, handle => handle.UntilDue() is null) || handles.Min(handle => handle.UntilDue()) is not { } untilDue)
                    {
                        continue;
                    }

                    if (untilDue <= TimeSpan.Zero)
                    {
                        Array.ForEach(handles, handle => handle.Ask());
                        await requests.WriteAsync(new LeaseKeepAliveRequest { ID = handles[0].Id }, leaving.Token).ConfigureAwait(false);
                    }
                    else
                    {
                        wait = untilDue < wait ? untilDue : wait;
                    }
                }

                await Task.Delay(wait > s_lookPause ? wait : s_lookPause, options.TimeProvider, leaving.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException)
        {
            // A stream on which nothing can be asked for is of no use.
            _ = leaving.CancelAsync();
        }
    }

    /// <summary>Leaves a member that owes an answer, and the stream when no lease needs it.</summary>
    private async Task GuardAsync(CancellationTokenSource leaving)
    {
        try
        {
            while (true)
            {
                await Task.Delay(s_lookPauseMax, options.TimeProvider, leaving.Token).ConfigureAwait(false);
                LeaseHandle[] all = All();
                if (all.Length == 0 || Array.Exists(all, lease => lease.IsUnanswered()))
                {
                    await leaving.CancelAsync().ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The stream has ended.
        }
    }

    private LeaseHandle[] All() => [.. ByLease().SelectMany(handles => handles)];

    private LeaseHandle[][] ByLease()
    {
        lock (_gate)
        {
            return [.. _leases.Values.Select(handles => handles.ToArray())];
        }
    }

    private LeaseHandle[] Find(long id)
    {
        lock (_gate)
        {
            return _leases.TryGetValue(id, out List<LeaseHandle>? handles) ? [.. handles] : [];
        }
    }
}
