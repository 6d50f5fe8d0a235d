using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client.Watching;

/// <summary>
/// All watches of a client, on one stream to one member at a time. When the stream ends, all of them go on at the next
/// endpoint, each from the revision after the last that it has.
/// <para>
/// The reader of the stream never waits for the reader of a watch: a watch whose buffer is full is cancelled at the server,
/// and set up again where it stopped when its buffer is empty. So the slow one costs the others nothing, and its backlog
/// is the server's history, not this process's memory.
/// </para>
/// </summary>
internal sealed class WatchMultiplexer(EndpointBalancer balancer, QuorateClientOptions options) : IDisposable
{
    /// <summary>Cancellations that may wait to be sent; with more the stream is left, which cancels all at once.</summary>
    private const int CancelsMax = 1024;

    private readonly HashSet<WatchSubscription> _subscriptions = [];
    private readonly Dictionary<long, WatchSubscription> _onStream = [];
    private readonly Queue<WatchSubscription> _toCreate = new();
    private readonly Queue<long> _toCancel = new();

    /// <summary>
    /// What was asked for and has not been answered, oldest first. Servers answer in this order, and a refusal does not name
    /// the watch: its id is -1.
    /// </summary>
    private readonly Queue<long> _unanswered = new();

    private readonly CancellationTokenSource _stopping = new();
    private MemberWatchStream? _stream;

    /// <summary>The latest revision that the member has told on this stream; its store is there at least.</summary>
    private long _revisionTold;

    private bool _isRunning;
    private bool _isDisposed;
    private long _lastId;

    /// <summary>Guards the hub and the state of all its watches.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Begins a watch; its first batch says that it is in place.</summary>
    public WatchSubscription Subscribe(KeyRange range, WatchOptions watchOptions)
    {
        var subscription = new WatchSubscription(this, range, watchOptions);
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(QuorateClient));
            _subscriptions.Add(subscription);
            Attach(subscription);
            if (!_isRunning)
            {
                _isRunning = true;
                _ = Task.Run(RunAsync);
            }
        }

        return subscription;
    }

    /// <summary>Puts a watch on the stream, if there is one. The lock is held.</summary>
    public void Attach(WatchSubscription subscription)
    {
        if (_stream is null || subscription.HasEnded)
        {
            return;
        }

        subscription.Id = ++_lastId;
        _onStream.Add(subscription.Id, subscription);
        _toCreate.Enqueue(subscription);
        _stream.Wake();
    }

    /// <summary>Takes a watch off the stream; what the server still sends of it is not looked at. The lock is held.</summary>
    public void Detach(WatchSubscription subscription)
    {
        if (!_onStream.Remove(subscription.Id))
        {
            return;
        }

        _toCancel.Enqueue(subscription.Id);
        subscription.Id = 0;
        if (_toCancel.Count > CancelsMax)
        {
            _stream?.Close();
        }
        else
        {
            _stream?.Wake();
        }
    }

    /// <summary>Ends a watch that the server has ended. The lock is held.</summary>
    public void Drop(WatchSubscription subscription, Exception why)
    {
        _onStream.Remove(subscription.Id);
        subscription.Id = 0;
        subscription.End(why);
    }

    /// <summary>How many endpoints there are that a watch may be asked for at.</summary>
    public int EndpointCount => balancer.Count;

    /// <summary>Gives the stream up, since its member does not serve it: all watches go on elsewhere. The lock is held.</summary>
    public void LeaveStream() => _stream?.Leave();

    /// <summary>Ends a watch that nobody reads any more.</summary>
    public void Remove(WatchSubscription subscription)
    {
        lock (Gate)
        {
            _subscriptions.Remove(subscription);
            Detach(subscription);
            subscription.End(new ObjectDisposedException(nameof(WatchSubscription)));
            if (_subscriptions.Count == 0)
            {
                _stream?.Close();
            }
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            _isDisposed = true;
            foreach (WatchSubscription subscription in _subscriptions)
            {
                subscription.End(new ObjectDisposedException(nameof(QuorateClient)));
            }
        }

        _stopping.Cancel();
    }

    /// <summary>The next request to send, if there is one: cancellations first, since they make room.</summary>
    internal WatchRequest? TakeRequest()
    {
        lock (Gate)
        {
            if (_toCancel.TryDequeue(out long id))
            {
                return new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = id } };
            }

            while (_toCreate.TryDequeue(out WatchSubscription? subscription))
            {
                // It may have been removed before it was ever sent.
                if (subscription.Id != 0)
                {
                    _unanswered.Enqueue(subscription.Id);
                    return subscription.CreateRequest();
                }
            }

            return null;
        }
    }

    /// <summary>Hands a response to its watch. A sign of life, and what is said of a watch that is gone, is nobody's.</summary>
    internal void Receive(WatchResponse response, Uri endpoint)
    {
        lock (Gate)
        {
            _revisionTold = Math.Max(_revisionTold, response.Header.Revision);
            long id = response.Created && _unanswered.TryDequeue(out long asked) ? asked : response.WatchId;
            if (_onStream.TryGetValue(id, out WatchSubscription? subscription))
            {
                subscription.Receive(response, endpoint);
            }
        }
    }

    /// <summary>
    /// Whether a member that is well owes an answer when it is asked for progress now: to a new watch, or because all
    /// watches have begun. Of those that begin later it says nothing until then, and of none it has nothing to say.
    /// </summary>
    internal bool IsAnswerDue()
    {
        lock (Gate)
        {
            return _toCreate.Count > 0
                || _unanswered.Count > 0
                || (_onStream.Count > 0 && _onStream.Values.All(subscription => subscription.CreatedFrom <= _revisionTold));
        }
    }

    private async Task RunAsync()
    {
        var rounds = new EndpointRounds(balancer, options);
        while (true)
        {
            int index = balancer.Current;
            using var opened = new MemberWatchStream(this, balancer[index], options, _stopping.Token);
            lock (Gate)
            {
                if (_subscriptions.Count == 0 || _isDisposed)
                {
                    _isRunning = false;
                    return;
                }

                Use(opened);
            }

            long opening = options.TimeProvider.GetTimestamp();
            RpcException? failure = await opened.RunAsync().ConfigureAwait(false);
            bool isWanted;
            lock (Gate)
            {
                Use(null);
                if (failure is not null && FailureKind.IsForGood(failure))
                {
                    foreach (WatchSubscription subscription in _subscriptions)
                    {
                        subscription.End(new QuorateException(failure, balancer[index].Address, outcomeUnknown: false));
                    }
                }

                isWanted = _subscriptions.Any(subscription => !subscription.HasEnded);
                _isRunning = isWanted;
            }

            if (!isWanted)
            {
                return;
            }

            if (opened.IsClosed)
            {
                continue;
            }

            try
            {
                await rounds.MoveOnAsync(index, options.TimeProvider.GetElapsedTime(opening), _stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The client is disposed, which its watches know.
                return;
            }
        }
    }

    /// <summary>Makes a stream the one that all watches are on, or none. The lock is held.</summary>
    private void Use(MemberWatchStream? next)
    {
        _stream = next;
        _onStream.Clear();
        _toCreate.Clear();
        _toCancel.Clear();
        _unanswered.Clear();
        _revisionTold = 0;
        foreach (WatchSubscription subscription in _subscriptions)
        {
            subscription.Id = 0;
            if (!subscription.IsSuspended)
            {
                Attach(subscription);
            }
        }
    }
}
