using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Client.Watching;

/// <summary>
/// One watch: what waits to be read, and from which revision on the rest is to be asked for, on whatever stream.
/// <para>Its state belongs to the hub's lock, which every method takes or wants to be held.</para>
/// </summary>
internal sealed class WatchSubscription(WatchMultiplexer hub, KeyRange range, WatchOptions options) : IDisposable
{
    private const string NoLeader = "etcdserver: no leader";
    private const string TooManyInMember = "quorate: too many watches at this member; cancel some or ask another member";

    private readonly Queue<(WatchBatch Batch, long Bytes)> _buffer = new();

    /// <summary>Events of one revision that may not be whole yet, because the server sent a fragment.</summary>
    private readonly List<WatchEvent> _unfinished = [];

    /// <summary>
    /// The members that have had no room for it since one told it something. To be created somewhere does not empty it:
    /// watches that fit on no member together would drive each other round the members for ever.
    /// </summary>
    private readonly HashSet<Uri> _fullMembers = [];

    private long _bufferedBytes;
    private TaskCompletionSource? _waiter;
    private Exception? _end;

    /// <summary>Whether a member has said that the watch is in place. Until then "now" is not a revision yet.</summary>
    private bool _isInPlace;

    /// <summary>All events before this revision are in <see cref="_buffer"/> or were read; none from it on.</summary>
    private long _nextRevision = options.StartRevision;

    /// <summary>What it is called on the stream that it is on; 0 on none. A name is never used again.</summary>
    public long Id { get; set; }

    /// <summary>The revision from which on it was asked for on the stream that it is on; 0: from the present on.</summary>
    public long CreatedFrom { get; private set; }

    /// <summary>It has taken itself off the stream until what waits has been read.</summary>
    public bool IsSuspended { get; private set; }

    public bool HasEnded => _end is not null;

    /// <summary>Asks for everything that has not come yet.</summary>
    public WatchRequest CreateRequest()
    {
        _unfinished.Clear();
        CreatedFrom = _nextRevision;
        var create = new WatchCreateRequest
        {
            Key = range.Key,
            RangeEnd = range.RangeEnd,
            StartRevision = _nextRevision,
            WatchId = Id,
            PrevKv = options.PreviousValues,
            Fragment = true,
            // Asked for even where nobody reads it: it moves the place from which a quiet watch goes on, so that it does
            // not lie before a compaction when the stream breaks.
            ProgressNotify = true,
        };
        if (options.IgnorePuts)
        {
            create.Filters.Add(WatchCreateRequest.Types.FilterType.Noput);
        }

        if (options.IgnoreDeletes)
        {
            create.Filters.Add(WatchCreateRequest.Types.FilterType.Nodelete);
        }

        return new WatchRequest { CreateRequest = create };
    }

    /// <summary>Takes what a member says of this watch. The hub's lock is held.</summary>
    public void Receive(WatchResponse response, Uri endpoint)
    {
        if (response.Canceled)
        {
            Cancelled(response, endpoint);
        }
        else if (response.Created)
        {
            // Only the first says where "now" is. On later streams, and said twice, it says nothing new.
            if (!_isInPlace)
            {
                _isInPlace = true;
                _nextRevision = options.StartRevision > 0 ? options.StartRevision : response.Header.Revision + 1;
                Offer(new WatchBatch(response.Header, [], _nextRevision), bytes: 0);
            }
        }
        else
        {
            Receive(response);
        }
    }

    /// <summary>Ends the watch for its reader, after what waits. The hub's lock is held.</summary>
    public void End(Exception exception)
    {
        _end ??= exception;
        Wake();
    }

    /// <summary>The next batch, once there is one. One reader at a time.</summary>
    public async ValueTask<WatchBatch> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task waiting;
            lock (hub.Gate)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_buffer.TryDequeue(out (WatchBatch Batch, long Bytes) next))
                {
                    _bufferedBytes -= next.Bytes;
                    if (IsSuspended && _buffer.Count == 0)
                    {
                        IsSuspended = false;
                        hub.Attach(this);
                    }

                    return next.Batch;
                }

                if (_end is not null)
                {
                    throw _end;
                }

                _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = _waiter.Task;
            }

            await waiting.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => hub.Remove(this);

    private void Cancelled(WatchResponse response, Uri endpoint)
    {
        if (response.CompactRevision > 0)
        {
            hub.Drop(this, new CompactedException(response.CompactRevision, endpoint));
        }
        else if (response.CancelReason.Length == 0 || response.CancelReason == NoLeader)
        {
            // The member gives it up, not the watch: it goes on elsewhere.
            hub.LeaveStream();
        }
        else if (response.CancelReason == TooManyInMember && _fullMembers.Add(endpoint) && _fullMembers.Count < hub.EndpointCount)
        {
            hub.LeaveStream();
        }
        else
        {
            var refusal = new RpcException(new Status(StatusCode.FailedPrecondition, response.CancelReason));
            hub.Drop(this, new QuorateException(refusal, endpoint, outcomeUnknown: false));
        }
    }

    private void Receive(WatchResponse response)
    {
        _fullMembers.Clear();
        List<WatchEvent> whole = [];
        foreach (Event happened in response.Events)
        {
            long revision = happened.Kv.ModRevision;
            if (revision < _nextRevision)
            {
                continue;
            }

            if (_unfinished.Count > 0 && _unfinished[^1].Revision != revision)
            {
                // Revisions come in order, so that the one before is whole.
                Finish(whole);
            }

            WatchEventType type = happened.Type == Event.Types.EventType.Put ? WatchEventType.Put : WatchEventType.Delete;
            _unfinished.Add(new WatchEvent(type, happened.Kv, happened.PrevKv));
        }

        if (!response.Fragment)
        {
            Finish(whole);
        }

        if (whole.Count > 0)
        {
            _nextRevision = whole[^1].Revision + 1;
            Offer(new WatchBatch(response.Header, whole, _nextRevision), BytesOf(whole));
        }
        else if (response.Events.Count == 0 && !response.Fragment && response.Header.Revision >= _nextRevision)
        {
            _nextRevision = response.Header.Revision + 1;
            if (options.ProgressNotify)
            {
                Offer(new WatchBatch(response.Header, [], _nextRevision), bytes: 0);
            }
        }
    }

    private void Finish(List<WatchEvent> whole)
    {
        whole.AddRange(_unfinished);
        _unfinished.Clear();
    }

    private void Offer(WatchBatch batch, long bytes)
    {
        // A batch without events takes room too.
        const int BatchBytes = 256;
        _buffer.Enqueue((batch, bytes + BatchBytes));
        _bufferedBytes += bytes + BatchBytes;
        if (_bufferedBytes >= options.BufferBytesMax && !IsSuspended)
        {
            IsSuspended = true;
            hub.Detach(this);
        }

        Wake();
    }

    private void Wake()
    {
        _waiter?.TrySetResult();
        _waiter = null;
    }

    private static long BytesOf(List<WatchEvent> events)
    {
        // What the objects themselves take beside keys and values, about.
        const int EventBytes = 200;
        long bytes = 0;
        foreach (WatchEvent happened in events)
        {
            bytes += EventBytes + BytesOf(happened.KeyValue) + BytesOf(happened.Previous);
        }

        return bytes;
    }

    private static long BytesOf(KeyValue? record) => record is null ? 0 : Length(record.Key) + Length(record.Value);

    private static long Length(ByteString bytes) => bytes.Length;
}
