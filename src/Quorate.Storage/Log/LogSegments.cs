using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// The files that the log is in: its segments, the oldest of which it lets go of, and spares that will be segments. Lives on
/// the replica's loop; files are made and removed on the background lane.
/// </summary>
internal sealed class LogSegments
{
    private readonly IDisk _disk;
    private readonly IWorkLane _backgroundLane;
    private readonly StorageOptions _options;
    private readonly Action<Exception> _failed;

    /// <summary>In order of sequence, each known to be durable by name; the last is the active one.</summary>
    private readonly List<SegmentInfo> _segments;
    private readonly Queue<string> _spares;
    private ulong _nextSpare;
    private bool _isPreparing;
    private bool _isStopped;
    private int _removing;
    private long _removingBytes;

    /// <param name="disk">The data folder.</param>
    /// <param name="backgroundLane">Where files are made and removed.</param>
    /// <param name="options">Sizes and limits.</param>
    /// <param name="place">What recovery found.</param>
    /// <param name="failed">Told when the disk fails, other than by being full for a spare.</param>
    public LogSegments(IDisk disk, IWorkLane backgroundLane, StorageOptions options, LogPlace place, Action<Exception> failed)
    {
        _disk = disk;
        _backgroundLane = backgroundLane;
        _options = options;
        _failed = failed;
        _segments = place.Segments;
        _spares = place.Spares;
        _nextSpare = place.NextSpare;
    }

    /// <summary>The one that is written to.</summary>
    public SegmentInfo Active => _segments[^1];

    /// <summary>Bytes of all files, spares included, and those that are being removed.</summary>
    public long Bytes
    {
        get
        {
            long bytes = _removingBytes + ((long)_spares.Count * _options.SegmentBytes);
            foreach (SegmentInfo segment in _segments)
            {
                bytes += segment.Length;
            }

            return bytes;
        }
    }

    /// <summary>Told when the disk has no room for a spare.</summary>
    public Action<FoundNoRoomException>? SpareFoundNoRoom { get; set; }

    /// <summary>A new one, durable by name, is written to from now on.</summary>
    public void Add(SegmentHeader header) => _segments.Add(new SegmentInfo { Sequence = header.Sequence, Length = header.Length });

    /// <summary>What the segments hold above that index does not count any more.</summary>
    public void ResetAt(long index)
    {
        foreach (SegmentInfo segment in _segments)
        {
            segment.MaxIndex = Math.Min(segment.MaxIndex, index);
        }
    }

    /// <summary>The path of a spare that will do for a segment of that length, which is the caller's from now on; null where there is none.</summary>
    public string? TakeSpare(long length) => length == _options.SegmentBytes && _spares.TryDequeue(out string? path) ? path : null;

    /// <summary>
    /// Lets go of the segments at the beginning of the log that hold nothing above <paramref name="index"/>; never of
    /// the active one. One removal at a time: what a second one would find is found by the next.
    /// </summary>
    public void Compact(long index)
    {
        List<SegmentRemoval.Item> items = [];
        int spares = _spares.Count + (_isPreparing ? 1 : 0);
        while (_removing == 0 && items.Count < _segments.Count - 1 && _segments[items.Count].MaxIndex <= index)
        {
            SegmentInfo segment = _segments[items.Count];
            bool recycle = segment.Length == _options.SegmentBytes && spares < _options.SpareSegmentsMax;
            spares += recycle ? 1 : 0;
            items.Add(new SegmentRemoval.Item(segment, recycle ? LogFormat.SparePath(_nextSpare++) : null));
            _removingBytes += segment.Length;
        }

        if (items.Count > 0)
        {
            _removing = items.Count;
            _segments.RemoveRange(0, items.Count);
            _backgroundLane.Submit(new SegmentRemoval(_disk, items, OnRemoved));
        }
    }

    /// <summary>Has a spare made where there is none, and none on its way.</summary>
    public void PrepareSpare()
    {
        if (!_isStopped && _spares.Count == 0 && !_isPreparing && _removing == 0 && _options.SpareSegmentsMax > 0)
        {
            _isPreparing = true;
            string path = LogFormat.SparePath(_nextSpare++);
            _backgroundLane.Submit(new SparePreparation(_disk, path, _options.SegmentBytes, OnPrepared));
        }
    }

    /// <summary>The log has failed: nothing more is made ahead.</summary>
    public void Stop() => _isStopped = true;

    private void OnPrepared(SparePreparation preparation, Exception? error)
    {
        _isPreparing = false;
        if (error is not null)
        {
            _failed(error);
        }
        else if (preparation.FoundNoRoom is { } full)
        {
            SpareFoundNoRoom?.Invoke(full);
        }
        else
        {
            _spares.Enqueue(preparation.Path);
        }
    }

    private void OnRemoved(SegmentRemoval removal, Exception? error)
    {
        _removing = 0;
        _removingBytes = 0;
        if (error is not null)
        {
            _failed(error);
            return;
        }

        foreach (SegmentRemoval.Item item in removal.Items)
        {
            if (item.SparePath is not null)
            {
                _spares.Enqueue(item.SparePath);
            }
        }

        PrepareSpare();
    }
}
