using Quorate.Etcd.Protocol;
using Quorate.KeyValue;
using Quorate.KeyValue.Watches;
using Quorate.Replica;

namespace Quorate.Etcd.Watches;

/// <summary>
/// The watches of one member: those of clients, in streams, and those of the process itself. Knows neither gRPC nor tasks,
/// so the simulated world drives the same one.
/// </summary>
/// <remarks>
/// <para>Any thread may call it and its streams: all go through one gate, and each call does a bounded piece of work.</para>
/// <para>The replica's loop never comes in. It publishes a version and calls <see cref="AdvanceWanted"/>, upon which whoever
/// runs the member calls <see cref="Advance"/> from elsewhere: once for any number of versions.</para>
/// </remarks>
public sealed class MemberWatches
{
    private readonly EtcdStateMachine _state;
    private readonly IReplica _replica;
    private readonly ulong _clusterId;
    private readonly List<WatchStream> _streams = [];
    private readonly List<WatchStream> _waiting = [];
    private List<KeyWatch> _putOff = [];
    private List<KeyWatch> _telling = [];
    private readonly SharedWatchMessages _messages = new();
    private readonly List<byte[]> _encoded = [];
    private long _keyBytes;
    private TimeSpan _now;

    /// <summary>Creates the watches of a member; nothing comes before <see cref="Advance"/> is called.</summary>
    /// <param name="replica">The member.</param>
    /// <param name="state">Its state; its publications are listened to from now on.</param>
    /// <param name="options">The cluster, and the bounds.</param>
    /// <param name="gate">What lets in one caller at a time; null where there is one thread.</param>
    public MemberWatches(IReplica replica, EtcdStateMachine state, EtcdOptions options, IWatchGate? gate = null)
    {
        ArgumentNullException.ThrowIfNull(replica);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(options);
        _state = state;
        _replica = replica;
        _clusterId = options.ClusterId;
        Options = options.Watches;
        Gate = gate ?? new OpenGate();
        Hub = new WatchHub(state.History, Options.Hub);
        state.VersionPublished += Published;
    }

    /// <summary>
    /// <see cref="Advance"/> is to be called, soon and from elsewhere. Comes on any thread, the replica's loop among them,
    /// and must not block; said again and again until it is done.
    /// </summary>
    public Action? AdvanceWanted { get; set; }

    /// <summary>Watches of clients and of the process.</summary>
    public long WatcherCount => Hub.WatcherCount;

    /// <summary>Open streams.</summary>
    public long StreamCount => _streams.Count;

    /// <summary>Watchers that read history, for they began in the past or took too slowly.</summary>
    public long SlowWatcherCount => Hub.BehindCount;

    /// <summary>Events that wait for somebody to take them.</summary>
    public long PendingEvents => Hub.BacklogEvents;

    /// <summary>Events taken so far, by all.</summary>
    public long EventsSent => Hub.EventsTaken;

    internal IWatchGate Gate { get; }

    internal WatchHub Hub { get; }

    internal MemberWatchOptions Options { get; }

    internal bool IsFull => Hub.WatcherCount >= Options.WatchesMax || _keyBytes >= Options.WatchKeyBytesMax;

    internal StoreHistory History => _state.History;

    /// <summary>What a stream is just taking from a watcher; of use only within one call.</summary>
    internal List<WatchEvent> Taken { get; } = [];

    /// <summary>
    /// Opens a stream for a client. <paramref name="readable"/> is called when <see cref="WatchStream.TryTake"/> may have
    /// something after it had nothing; inside the gate, so it must not do more than wake somebody.
    /// </summary>
    public WatchStream Open(Action readable)
    {
        ArgumentNullException.ThrowIfNull(readable);
        Gate.Enter();
        try
        {
            var stream = new WatchStream(this, readable, _now + Options.ProgressInterval) { Place = _streams.Count };
            _streams.Add(stream);
            return stream;
        }
        finally
        {
            Gate.Exit();
        }
    }

    /// <summary>
    /// Watches keys for something in the process: from a revision on, which may be past, or zero for what comes after the
    /// present. <see cref="IKeyWatcher"/> is called from <see cref="Advance"/> only.
    /// </summary>
    public KeyWatch Watch(KeyRange keys, long startRevision, IKeyWatcher listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        Gate.Enter();
        try
        {
            var watch = new KeyWatch(this, listener);
            watch.Begin(new WatcherOptions(keys, startRevision > 0 ? startRevision : History.Revision + 1));
            return watch;
        }
        finally
        {
            Gate.Exit();
        }
    }

    /// <summary>Brings what was published to the watches: a bounded piece of it.</summary>
    /// <returns>Whether more is to be done now.</returns>
    public bool Advance()
    {
        Gate.Enter();
        try
        {
            // Who is behind looks for the changes of a key among its versions, and not through all changes.
            Hub.Publish(Hub.BehindCount > 0 ? _state.Current : _state.History);
            bool isBehind = Hub.Deliver();
            (_telling, _putOff) = (_putOff, _telling);
            foreach (KeyWatch watch in _telling)
            {
                if (watch.Tell())
                {
                    _putOff.Add(watch);
                }
            }

            _telling.Clear();
            for (int i = _waiting.Count - 1; i >= 0; i--)
            {
                _waiting[i].AskAgain();
            }

            return isBehind || _putOff.Count > 0;
        }
        finally
        {
            Gate.Exit();
        }
    }

    /// <summary>Time passes: to be called about once a second, or as exactly as progress is to be told.</summary>
    /// <param name="now">The present, on a clock that only goes forward.</param>
    public void Tick(TimeSpan now)
    {
        Gate.Enter();
        try
        {
            _now = now;
            foreach (WatchStream stream in _streams)
            {
                stream.Tick(now);
            }
        }
        finally
        {
            Gate.Exit();
        }
    }

    internal Watcher Add(in WatcherOptions options, IWatcherOwner owner)
    {
        if (Hub.WatcherCount == 0)
        {
            // Nobody was woken for what came since the last watch, and nobody needs it.
            Hub.Publish(_state.History);
            Hub.Deliver();
        }

        Watcher watcher = Hub.Add(options, owner);
        AdvanceWanted?.Invoke();
        return watcher;
    }

    internal void PutOff(KeyWatch watch)
    {
        _putOff.Add(watch);
        AdvanceWanted?.Invoke();
    }

    internal void Closed(WatchStream stream)
    {
        WatchStream last = _streams[^1];
        _streams[stream.Place] = last;
        last.Place = stream.Place;
        _streams.RemoveAt(_streams.Count - 1);
        _waiting.Remove(stream);
    }

    internal void Count(int keyBytes) => _keyBytes += keyBytes;

    /// <summary>The stream wants to be asked again with each delivery, until it says otherwise.</summary>
    internal void Wait(WatchStream stream, bool waits)
    {
        _waiting.Remove(stream);
        if (waits)
        {
            _waiting.Add(stream);
        }
    }

    internal ResponseHeader Header(long revision) => new()
    {
        ClusterId = _clusterId,
        MemberId = _replica.Id.Value,
        Revision = revision,
        RaftTerm = (ulong)_replica.Status.Term,
    };

    /// <summary>The response with the events in <see cref="Taken"/>, which is empty then; all who have the same to tell share it.</summary>
    internal WatchMessage MessageOf(StreamWatch watch, long revision)
    {
        _encoded.Clear();
        foreach (WatchEvent change in Taken)
        {
            _encoded.Add(change.Encode(WatchEventEncoder.Instance, watch.Watcher.Options.WantsPrevious));
        }

        Taken.Clear();
        long term = _replica.Status.Term;
        if (_messages.Find(watch.Id, revision, term, _encoded) is { } same)
        {
            return same;
        }

        byte[][] events = [.. _encoded];
        var made = new WatchMessage(new WatchResponse { Header = Header(revision), WatchId = watch.Id }, events);
        _messages.Keep(watch.Id, revision, term, events, made);
        return made;
    }

    /// <summary>
    /// On the replica's loop: a member without watches does not wake anybody, nor does a run of commands that changed no
    /// key, as renewals of leases are. Either this sees the watch that is just being added, or the <see cref="Advance"/>
    /// that follows the addition sees the version; the barrier is what says so.
    /// </summary>
    private void Published()
    {
        Interlocked.MemoryBarrier();
        if (Hub.WatcherCount > 0 && Hub.Version != _state.History)
        {
            AdvanceWanted?.Invoke();
        }
    }

    private sealed class OpenGate : IWatchGate
    {
        public void Enter()
        {
        }

        public void Exit()
        {
        }
    }
}
