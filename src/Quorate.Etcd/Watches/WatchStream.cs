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
public sealed partial class WatchStream
{
    /// <summary>The id in answers that are about no watch, or about all.</summary>
    public const long NoWatchId = -1;

    private readonly MemberWatches _member;
    private readonly Action _readable;
    private readonly SortedDictionary<long, StreamWatch> _watches = [];
    private readonly Queue<WatchMessage> _answers = [];
    private readonly Queue<StreamWatch> _ready = [];
    private long _nextId;
    private bool _isTold;
    private bool _isClosed;

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
                WantProgress();
                break;
        }
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
