using Quorate.Etcd.Protocol;
using Quorate.KeyValue;
using Quorate.KeyValue.Watches;

namespace Quorate.Etcd.Watches;

/// <summary>
/// One client's stream of watches: takes its requests, and gives the responses when asked. What is not asked for waits in
/// bounded backlogs, or is read from history later.
/// </summary>
/// <remarks>
/// Responses leave in this order: answers and notices, in the order they were made, then the watches that have something,
/// in turn. So a watch's creation comes before its events, and nothing of it after its cancellation. Its header's revision
/// tells up to where the watch that it is about is complete, as far as this stream has told it.
/// </remarks>
public sealed class WatchStream : IWatcherOwner
{
    /// <summary>The id in answers that are about no watch, or about all.</summary>
    public const long NoWatchId = -1;

    private readonly MemberWatches _member;
    private readonly Action _readable;
    private readonly SortedDictionary<long, StreamWatch> _watches = [];
    private readonly Dictionary<Watcher, StreamWatch> _byWatcher = [];
    private readonly Queue<WatchMessage> _answers = [];
    private readonly Queue<Watcher> _ready = [];
    private readonly List<WatchEvent> _taken = [];
    private TimeSpan _nextProgress;
    private long _nextId;
    private bool _isTold;
    private bool _isClosed;

    /// <summary>The revision that all watches must have reached for the client to be told; null when it does not ask.</summary>
    private long? _progressWanted;

    /// <summary>Until the hub is here, nothing about that can have changed but by what wakes the stream anyway.</summary>
    private long _progressAskedAgainAt;

    internal WatchStream(MemberWatches member, Action readable, TimeSpan nextProgress)
    {
        _member = member;
        _readable = readable;
        _nextProgress = nextProgress;
    }

    /// <summary>Whether a request may be handed in now: not while too many answers wait to be read.</summary>
    public bool CanReceive
    {
        get
        {
            using Entry entry = Enter();
            return _answers.Count < _member.Options.StreamAnswersMax;
        }
    }

    internal int Place { get; set; }

    private WatchHub Hub => _member.Hub;

    /// <summary>Takes a request. One that asks for nothing that exists is passed over, as etcd does.</summary>
    public void Receive(WatchRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using Entry entry = Enter();
        if (_isClosed)
        {
            return;
        }

        switch (request.RequestUnionCase)
        {
            case WatchRequest.RequestUnionOneofCase.CreateRequest:
                Create(request.CreateRequest);
                break;
            case WatchRequest.RequestUnionOneofCase.CancelRequest:
                Cancel(request.CancelRequest.WatchId);
                break;
            case WatchRequest.RequestUnionOneofCase.ProgressRequest:
                _progressWanted = Math.Max(_progressWanted ?? 0, _member.Current.Revision);
                _progressAskedAgainAt = _progressWanted.Value;
                _member.Wait(this, waits: true);
                Tell();
                break;
        }
    }

    /// <summary>
    /// Takes the next response. False when there is none now; <see cref="MemberWatches.Open"/>'s callback tells when to
    /// ask again. True without a response when a piece of work was done that brought none: ask again.
    /// </summary>
    public bool TryTake(out WatchMessage? message)
    {
        using Entry entry = Enter();
        if (_answers.TryDequeue(out message))
        {
            return true;
        }

        while (_ready.TryDequeue(out Watcher? watcher))
        {
            if (_byWatcher.TryGetValue(watcher, out StreamWatch? watch))
            {
                message = Take(watch);
                return true;
            }
        }

        message = Progress();
        _isTold = message is not null;
        return _isTold;
    }

    /// <summary>Ends all its watches; nothing more comes.</summary>
    public void Close()
    {
        using Entry entry = Enter();
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        foreach (StreamWatch watch in _watches.Values)
        {
            Hub.Remove(watch.Watcher);
            _member.Count(-watch.KeyBytes);
        }

        _watches.Clear();
        _byWatcher.Clear();
        _ready.Clear();
        _answers.Clear();
        _member.Closed(this);
    }

    void IWatcherOwner.Signal(Watcher watcher)
    {
        _ready.Enqueue(watcher);
        Tell();
    }

    /// <summary>Tells those that want it, and have heard nothing else, how far they are.</summary>
    internal void Tick(TimeSpan now)
    {
        if (now < _nextProgress)
        {
            return;
        }

        _nextProgress = now + _member.Options.ProgressInterval;
        foreach (StreamWatch watch in _watches.Values)
        {
            if (watch.WantsProgress && !watch.HasHeard && IsTold(watch) && _answers.Count < _member.Options.StreamAnswersMax)
            {
                Answer(new WatchResponse { Header = _member.Header(Hub.Revision), WatchId = watch.Id });
            }

            watch.HasHeard = false;
        }
    }

    /// <summary>The hub has moved on: perhaps what the client waits for is reached.</summary>
    internal void AskAgain()
    {
        if (Hub.Revision >= _progressAskedAgainAt)
        {
            Tell();
        }
    }

    /// <summary>
    /// Whether its client has been told everything up to the hub's revision. One that begins with the next revision has:
    /// to go on after the present is what it asked for. One that begins later must not be told of what comes before.
    /// </summary>
    private bool IsTold(StreamWatch watch)
    {
#if QUORATE_MUTANTS
        if (Raft.Mutants.Is(Raft.Mutant.ProgressToldEarly))
        {
            return true;
        }
#endif
        return watch.Watcher.IsSynced && Hub.Revision >= watch.Watcher.Options.StartRevision - 1;
    }

    private void Create(WatchCreateRequest request)
    {
        StoreVersion current = _member.Current;
        var answer = new WatchResponse { Header = _member.Header(current.Revision), Created = true };
        var target = WatchTarget.Of(request);
        if (Refuse(target, request.WatchId) is { } reason)
        {
            answer.WatchId = NoWatchId;
            answer.Canceled = true;
            answer.CancelReason = reason;
            Answer(answer);
            return;
        }

        long id = request.WatchId != 0 ? request.WatchId : NextId();
        long start = request.StartRevision == 0 ? current.Revision + 1 : Math.Max(1, request.StartRevision);
        answer.WatchId = id;
        Answer(answer);
        Watcher watcher = _member.Add(new WatcherOptions(target.Keys, start, target.Filters, request.PrevKv), this);
        var watch = new StreamWatch(id, watcher, request.Fragment, request.ProgressNotify, target.KeyBytes);
        _watches.Add(id, watch);
        _byWatcher.Add(watcher, watch);
        _member.Count(watch.KeyBytes);
    }

    private string? Refuse(in WatchTarget target, long id)
    {
        if (target.IsEmpty)
        {
            return WatchTexts.EmptyRange;
        }

        if (id != 0 && _watches.ContainsKey(id))
        {
            return WatchTexts.DuplicateId;
        }

        if (_watches.Count >= _member.Options.StreamWatchesMax)
        {
            return WatchTexts.TooManyInStream;
        }

        return _member.IsFull ? WatchTexts.TooManyInMember : null;
    }

    /// <summary>Ids count from zero on, past those that the client chose.</summary>
    private long NextId()
    {
        while (_watches.ContainsKey(_nextId))
        {
            _nextId++;
        }

        return _nextId++;
    }

    /// <summary>An id that is not there needs no answer: the client may have been told already that its watch has ended.</summary>
    private void Cancel(long id)
    {
        if (_watches.TryGetValue(id, out StreamWatch? watch))
        {
            Forget(watch);
            Hub.Remove(watch.Watcher);
            Answer(new WatchResponse { Header = _member.Header(_member.Current.Revision), WatchId = id, Canceled = true });
        }
    }

    private void Forget(StreamWatch watch)
    {
        _watches.Remove(watch.Id);
        _byWatcher.Remove(watch.Watcher);
        _member.Count(-watch.KeyBytes);
    }

    private WatchMessage? Take(StreamWatch watch)
    {
        _taken.Clear();
        WatcherTake take = Hub.Take(watch.Watcher, _taken);
        if (take.Kind == WatcherTakeKind.Compacted)
        {
            Forget(watch);
            return new WatchMessage(new WatchResponse
            {
                Header = _member.Header(Hub.Revision),
                WatchId = watch.Id,
                Canceled = true,
                CompactRevision = take.Revision,
                CancelReason = WatchTexts.Compacted,
            });
        }

        if (take.Kind == WatcherTakeKind.More)
        {
            _ready.Enqueue(watch.Watcher);
        }

        if (_taken.Count == 0)
        {
            return null;
        }

        watch.HasHeard = true;
        byte[][] events = new byte[_taken.Count][];
        for (int i = 0; i < events.Length; i++)
        {
            events[i] = _taken[i].Encode(WatchEventEncoder.Instance, watch.Watcher.Options.WantsPrevious);
        }

        _taken.Clear();
        return FirstOf(watch, new WatchResponse { Header = _member.Header(take.Revision), WatchId = watch.Id }, events);
    }

    /// <summary>The response with these events; where it is split the first part of it, and the others wait before anything else.</summary>
    private WatchMessage FirstOf(StreamWatch watch, WatchResponse head, byte[][] events)
    {
        var whole = new WatchMessage(head, events);
        if (!watch.IsFragmented || events.Length == 1 || whole.SizeBytes < _member.Options.FragmentBytesMax)
        {
            return whole;
        }

        List<WatchMessage> parts = WatchFragments.Split(head, events, _member.Options.FragmentBytesMax);
        for (int i = 1; i < parts.Count; i++)
        {
            _answers.Enqueue(parts[i]);
        }

        return parts[0];
    }

    /// <summary>
    /// Told only when nothing of any watch waits, so that whoever has read this has read all that there was up to its
    /// revision; and to nobody who has a watch that begins later. A client without a watch is not told, as by etcd.
    /// </summary>
    private WatchMessage? Progress()
    {
        bool isEarly = false;
#if QUORATE_MUTANTS
        isEarly = Raft.Mutants.Is(Raft.Mutant.ProgressToldEarly);
#endif
        if (_progressWanted is null || (Hub.Revision < _progressWanted && !isEarly))
        {
            return null;
        }

        foreach (StreamWatch watch in _watches.Values)
        {
            if (!IsTold(watch))
            {
                // What waits was taken before this was asked, so it is one that begins later.
                _progressAskedAgainAt = watch.Watcher.Options.StartRevision - 1;
                return null;
            }
        }

        _progressWanted = null;
        _member.Wait(this, waits: false);
        return _watches.Count == 0
            ? null
            : new WatchMessage(new WatchResponse
            {
                Header = _member.Header(isEarly ? _member.Current.Revision : Hub.Revision),
                WatchId = NoWatchId,
            });
    }

    private void Answer(WatchResponse answer)
    {
        _answers.Enqueue(new WatchMessage(answer));
        Tell();
    }

    private void Tell()
    {
        if (!_isTold && !_isClosed)
        {
            _isTold = true;
            _readable();
        }
    }

    private Entry Enter()
    {
        _member.Gate.Enter();
        return new Entry(_member.Gate);
    }

    /// <summary>Being inside the gate.</summary>
    private readonly ref struct Entry(IWatchGate gate)
    {
        public void Dispose() => gate.Exit();
    }
}
