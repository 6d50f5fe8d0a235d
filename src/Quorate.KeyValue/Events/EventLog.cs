using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Events;

/// <summary>
/// The writer's hold on the log of changes: what a watch that catches up reads, what garbage collection follows, and
/// what tells how many bytes a compaction frees.
/// </summary>
/// <remarks>Positions count all changes since the store was made or loaded, and are local to this process.</remarks>
internal sealed class EventLog(RecordSlabs records)
{
    private const int DirectorySlotsMin = 4;

    private EventChunk[] _chunks = new EventChunk[DirectorySlotsMin];
    private long _firstChunk;
    private long _start;
    private long _end;

    /// <summary>The position after the last change.</summary>
    public long End => _end;

    /// <summary>What there is now. It stays as it is while changes are added.</summary>
    public EventLogView View => new(_chunks, _firstChunk, _start, _end, records.View);

    /// <summary>Adds a change.</summary>
    /// <param name="handle">The version or tombstone that was written.</param>
    /// <param name="before">The key's newest version before it; none where it had none.</param>
    public void Append(RecordHandle handle, RecordHandle before)
    {
        KeyRevision change = records.View[handle];
        int slot = (int)(_end & (EventChunk.Slots - 1));
        long number = (_end >> EventChunk.SlotsShift) - _firstChunk;
        if (slot == 0)
        {
            AddChunk(number);
        }

        EventChunk chunk = _chunks[number];
        int freedAt = 0;
        int freedAbove = change.IsTombstone ? change.SizeBytes : 0;

        // A tombstone is freed by its own change, whatever follows it.
        if (!before.IsNone && records.View[before] is { IsTombstone: false } replaced)
        {
            if (replaced.ModRevision < change.ModRevision)
            {
                freedAt = replaced.SizeBytes;
            }
            else
            {
                freedAbove += replaced.SizeBytes;
            }
        }

        chunk.Changes[slot] = handle;
        chunk.FreedAtBytes[slot] = freedAt;
        chunk.FreedAboveBytes[slot] = freedAbove;
        _end++;
    }

    /// <summary>Takes back the last changes, which nobody was shown.</summary>
    public void Truncate(long end) => _end = end;

    /// <summary>How many bytes a compaction frees, after one at an older revision.</summary>
    public long FreedBytes(long olderCompactRevision, long compactRevision)
    {
        EventLogView view = View;
        return SumFreedAt(view.FirstAtOrAfter(compactRevision + 1)) - SumFreedAt(view.FirstAtOrAfter(olderCompactRevision + 1))
            + SumFreedAbove(view.FirstAtOrAfter(compactRevision)) - SumFreedAbove(view.FirstAtOrAfter(olderCompactRevision));
    }

    /// <summary>Drops the changes before a position. Views taken before keep theirs.</summary>
    public void DropBefore(long start)
    {
        _start = start;

        // The chunk of the change just before the start stays: sums up to the start are taken from it.
        long firstKept = Math.Max(0, start - 1) >> EventChunk.SlotsShift;
        if (firstKept > _firstChunk)
        {
            int kept = ChunkCount - (int)(firstKept - _firstChunk);
            var chunks = new EventChunk[Math.Max(DirectorySlotsMin, kept * 2)];
            Array.Copy(_chunks, firstKept - _firstChunk, chunks, 0, kept);
            _chunks = chunks;
            _firstChunk = firstKept;
        }
    }

    private int ChunkCount => (int)(((_end + EventChunk.Slots - 1) >> EventChunk.SlotsShift) - _firstChunk);

    private void AddChunk(long number)
    {
        if (number == _chunks.Length)
        {
            var chunks = new EventChunk[_chunks.Length * 2];
            _chunks.CopyTo(chunks, 0);
            _chunks = chunks;
        }

        _chunks[number] = new EventChunk
        {
            FreedAtBytesBefore = SumFreedAt(_end),
            FreedAboveBytesBefore = SumFreedAbove(_end),
        };
    }

    private long SumFreedAt(long position)
    {
        if (LastChunkBefore(position, out int slots) is not { } chunk)
        {
            return 0;
        }

        long sum = chunk.FreedAtBytesBefore;
        foreach (int bytes in chunk.FreedAtBytes.AsSpan(0, slots))
        {
            sum += bytes;
        }

        return sum;
    }

    private long SumFreedAbove(long position)
    {
        if (LastChunkBefore(position, out int slots) is not { } chunk)
        {
            return 0;
        }

        long sum = chunk.FreedAboveBytesBefore;
        foreach (int bytes in chunk.FreedAboveBytes.AsSpan(0, slots))
        {
            sum += bytes;
        }

        return sum;
    }

    /// <summary>The chunk of the change before a position, and how many of its slots are before the position.</summary>
    private EventChunk? LastChunkBefore(long position, out int slots)
    {
        slots = 0;
        if (position == 0)
        {
            return null;
        }

        long number = (position - 1) >> EventChunk.SlotsShift;
        slots = (int)(position - (number << EventChunk.SlotsShift));
        return _chunks[number - _firstChunk];
    }
}
