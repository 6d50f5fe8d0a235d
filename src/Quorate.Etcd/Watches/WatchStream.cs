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
public sealed class WatchStream
{
    /// <summary>The id in answers that are about no watch, or about all.</summary>
    public const long NoWatchId = -1;

    private readonly MemberWatches _member;
    private readonly Action _readable;
    private readonly SortedDictionary<long, StreamWatch> _watches = [];
    private readonly Queue<WatchMessage> _answers = [];
    private readonly Queue<StreamWatch> _ready = [];
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
                _progressWanted = Math.Max(_progressWanted ?? 0, _member.History.Revision);
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
        return TryTakeNext(out message, out _);
    }

    /// <summary>
    /// Takes what there is in one go: responses up to <paramref name="bytesMax"/> and the one that goes beyond, and not more
    /// than one step of history. False when nothing is left, upon which <see cref="MemberWatches.Open"/>'s callback tells
    /// when to ask again.
    /// </summary>
    public bool Take(List<WatchMessage> messages, int bytesMax)
    {
        ArgumentNullException.ThrowIfNull(messages);
        using Entry entry = Enter();
        long bytes = 0;
        bool isLongWork = false;
        while (bytes < bytesMax && !isLongWork)
        {
            if (!TryTakeNext(out WatchMessage? message, out isLongWork))
            {
                return false;
            }

            if (message is not null)
            {
                messages.Add(message);
                bytes += message.SizeBytes;
            }
        }

        return true;
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
            watch.HasEnded = true;
            Hub.Remove(watch.Watcher);
            _member.Count(-watch.KeyBytes);
        }

        _watches.Clear();
        _ready.Clear();
        _answers.Clear();
        _member.Closed(this);
    }

    /// <summary>One of its watches has something.</summary>
    internal void Signal(StreamWatch watch)
    {
        _ready.Enqueue(watch);
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
        StoreHistory current = _member.History;
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
        var watch = new StreamWatch(this, id, request.Fragment, request.ProgressNotify, target.KeyBytes);
        watch.Watcher = _member.Add(new WatcherOptions(target.Keys, start, target.Filters, request.PrevKv), watch);
        _watches.Add(id, watch);
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
            Answer(new WatchResponse { Header = _member.Header(_member.History.Revision), WatchId = id, Canceled = true });
        }
    }

    private void Forget(StreamWatch watch)
    {
        watch.HasEnded = true;
        _watches.Remove(watch.Id);
        _member.Count(-watch.KeyBytes);
    }

    private bool TryTakeNext(out WatchMessage? message, out bool isLongWork)
    {
        isLongWork = false;
        if (_answers.TryDequeue(out message))
        {
            return true;
        }

        while (_ready.TryDequeue(out StreamWatch? watch))
        {
            if (!watch.HasEnded)
            {
                message = Take(watch, out isLongWork);
                return true;
            }
        }

        message = Progress();
        _isTold = message is not null;
        return _isTold;
    }

    /// <param name="watch">The watch.</param>
    /// <param name="isLongWork">Whether it reads history, of which a step may take long.</param>
    private WatchMessage? Take(StreamWatch watch, out bool isLongWork)
    {
        List<WatchEvent> taken = _member.Taken;
        taken.Clear();
        WatcherTake take = Hub.Take(watch.Watcher, taken);
        isLongWork = take.Kind == WatcherTakeKind.More;
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
            _ready.Enqueue(watch);
        }

        if (taken.Count == 0)
        {
            return null;
        }

        watch.HasHeard = true;
        WatchMessage whole = _member.MessageOf(watch, take.Revision);
        return watch.IsFragmented && whole.EventCount > 1 && whole.SizeBytes >= _member.Options.FragmentBytesMax
            ? FirstOf(whole)
            : whole;
    }

    /// <summary>The first part of a response that is too large; the others wait before anything else.</summary>
    private WatchMessage FirstOf(WatchMessage whole)
    {
        List<WatchMessage> parts = WatchFragments.Split(whole, _member.Options.FragmentBytesMax);
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
                Header = _member.Header(isEarly ? _member.History.Revision : Hub.Revision),
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
