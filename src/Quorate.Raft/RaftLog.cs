using System.Diagnostics;

namespace Quorate.Raft;

/// <summary>
/// The log in memory: everything that is not applied, and some of what is.
/// </summary>
/// <remarks>
/// <para>Entries stand in chunks of fixed size, so that a slice is a view into a chunk and no entry is ever copied to be
/// sent or written. A view stays what it was for as long as somebody holds it: a slot is written once; after a
/// truncation the entries kept in the last chunk move to a fresh chunk and the old one is left to its readers.</para>
/// <para>Only where the host has said that it holds no view into what it compacts are the chunks of that used again.</para>
/// <para>Example with chunks of four: entries 1 to 6 fill <c>[1 2 3 4] [5 6 _ _]</c>. Truncated after 5 and
/// continued with 6', 7': <c>[1 2 3 4] [5 6' 7' _]</c>, the second chunk being a new one. Compacted up to 5:
/// <c>[5 6' 7' _]</c>, where slot 5 is no longer read, and <see cref="BeforeFirst"/> tells its position.</para>
/// </remarks>
public sealed class RaftLog
{
    private const int ChunkEntriesShift = 10;

    /// <summary>Entries a chunk; a slice never crosses a chunk's end.</summary>
    internal const int ChunkEntries = 1 << ChunkEntriesShift;

    /// <summary>Chunks kept for reuse: a compaction frees many at once, and they are wanted one by one.</summary>
    private const int FreeChunksMax = 64;

    private readonly List<Entry[]> _chunks = [];
    private readonly Stack<Entry[]> _free = new();

    /// <summary>Index that slot 0 of the first chunk stands for.</summary>
    private long _baseIndex;

    internal RaftLog(LogPosition beforeFirst) => Reset(beforeFirst);

    /// <inheritdoc cref="RaftOptions.ReusesCompactedChunks"/>
    internal bool ReusesCompactedChunks { get; set; }

    /// <summary>The entry right before the first: compacted, or the start of the log.</summary>
    public LogPosition BeforeFirst { get; private set; }

    /// <summary>Index of the first entry still held; one after <see cref="LastIndex"/> when there is none.</summary>
    public long FirstIndex => BeforeFirst.Index + 1;

    /// <summary>Index of the last entry.</summary>
    public long LastIndex { get; private set; }

    /// <summary>The last entry, or <see cref="BeforeFirst"/> when there is none.</summary>
    public LogPosition Last { get; private set; }

    /// <summary>An entry that is held.</summary>
    public ref readonly Entry this[long index]
    {
        get
        {
            if (index < FirstIndex || index > LastIndex)
            {
                throw new ArgumentOutOfRangeException(nameof(index), index, $"the log holds {FirstIndex} to {LastIndex}");
            }

            return ref At(index);
        }
    }

    /// <summary>Term of the entry at an index from <see cref="BeforeFirst"/> to <see cref="LastIndex"/>.</summary>
    public long TermAt(long index) =>
        TryGetTerm(index, out long term)
            ? term
            : throw new ArgumentOutOfRangeException(nameof(index), index, $"the log knows terms from {BeforeFirst.Index} to {LastIndex}");

    /// <summary>Term of the entry at an index, where it is known.</summary>
    public bool TryGetTerm(long index, out long term)
    {
        if (index == BeforeFirst.Index)
        {
            term = BeforeFirst.Term;
            return true;
        }

        if (index < BeforeFirst.Index || index > LastIndex)
        {
            term = 0;
            return false;
        }

        term = At(index).Term;
        return true;
    }

    /// <summary>Whether the log holds this very position (paper figure 2, AppendEntries receiver step 2).</summary>
    public bool Contains(LogPosition position) => TryGetTerm(position.Index, out long term) && term == position.Term;

    /// <summary>
    /// The last position that is neither after <paramref name="limit"/> nor of a later term; <see cref="BeforeFirst"/>
    /// where every entry is. Two logs that each ask this of the other's answer meet after one step a divergent term
    /// (paper §5.3, spec L2).
    /// </summary>
    public LogPosition LastNotAfter(LogPosition limit)
    {
        // Terms never decrease along the log, so this is a search for the last term <= limit.Term.
        long low = BeforeFirst.Index;
        long high = Math.Max(low, Math.Min(limit.Index, LastIndex));
        while (low < high)
        {
            long middle = low + ((high - low + 1) / 2);
            if (At(middle).Term <= limit.Term)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return new LogPosition(TermAt(low), low);
    }

    /// <summary>
    /// A stable view of entries from <paramref name="from"/> up to at most <paramref name="to"/>: as many as stand side
    /// by side, and at least one.
    /// </summary>
    public ReadOnlyMemory<Entry> Slice(long from, long to)
    {
        if (from < FirstIndex || to > LastIndex || from > to)
        {
            throw new ArgumentOutOfRangeException(nameof(from), from, $"no slice {from} to {to} of {FirstIndex} to {LastIndex}");
        }

        long offset = from - _baseIndex;
        int start = (int)(offset & (ChunkEntries - 1));
        int count = (int)Math.Min(to - from + 1, ChunkEntries - start);
        return _chunks[(int)(offset >> ChunkEntriesShift)].AsMemory(start, count);
    }

    /// <summary>A slice of at least one entry, and of no more than fit the limits.</summary>
    internal ReadOnlyMemory<Entry> Slice(long from, long to, int entriesMax, long bytesMax, out long bytes)
    {
        ReadOnlyMemory<Entry> all = Slice(from, to);
        ReadOnlySpan<Entry> entries = all.Span;
        int limit = Math.Min(entries.Length, entriesMax);
        bytes = entries[0].Command.Length;
        int count = 1;
        while (count < limit)
        {
            int length = entries[count].Command.Length;
            if (bytes + length > bytesMax)
            {
                break;
            }

            bytes += length;
            count++;
        }

        return all[..count];
    }

    internal void Append(in Entry entry)
    {
        Debug.Assert(entry.Index == LastIndex + 1 && entry.Term >= Last.Term, "entries are consecutive and terms never decrease");
        long offset = entry.Index - _baseIndex;
        int chunk = (int)(offset >> ChunkEntriesShift);
        if (chunk == _chunks.Count)
        {
            _chunks.Add(_free.TryPop(out Entry[]? free) ? free : new Entry[ChunkEntries]);
        }

        _chunks[chunk][offset & (ChunkEntries - 1)] = entry;
        LastIndex = entry.Index;
        Last = entry.Position;
    }

    /// <summary>Removes every entry after <paramref name="lastKept"/> (paper figure 2, AppendEntries receiver step 3).</summary>
    internal void TruncateAfter(long lastKept)
    {
        Debug.Assert(lastKept >= BeforeFirst.Index && lastKept <= LastIndex, "only what is there can be cut");
        if (lastKept == LastIndex)
        {
            return;
        }

        long slots = lastKept + 1 - _baseIndex;
        int whole = (int)(slots >> ChunkEntriesShift);
        int partial = (int)(slots & (ChunkEntries - 1));
        Entry[]? kept = null;
        if (partial > 0)
        {
            // The slots after the cut may have been handed out, so they are not written again.
            kept = new Entry[ChunkEntries];
            Array.Copy(_chunks[whole], kept, partial);
        }

        _chunks.RemoveRange(whole, _chunks.Count - whole);
        if (kept is not null)
        {
            _chunks.Add(kept);
        }

        Last = new LogPosition(TermAt(lastKept), lastKept);
        LastIndex = lastKept;
    }

    /// <summary>Forgets the entries before <paramref name="firstKept"/> (paper §7).</summary>
    internal void CompactBefore(long firstKept)
    {
        Debug.Assert(firstKept <= LastIndex + 1, "what is not there cannot be forgotten");
        if (firstKept <= FirstIndex)
        {
            return;
        }

        BeforeFirst = new LogPosition(TermAt(firstKept - 1), firstKept - 1);
        int unused = (int)Math.Min((firstKept - _baseIndex) >> ChunkEntriesShift, _chunks.Count);
        for (int i = 0; ReusesCompactedChunks && i < unused && _free.Count < FreeChunksMax; i++)
        {
            Array.Clear(_chunks[i]); // the commands are not to live as long as the chunk
            _free.Push(_chunks[i]);
        }

        _chunks.RemoveRange(0, unused);
        _baseIndex += (long)unused << ChunkEntriesShift;
    }

    /// <summary>Begins anew after a position: a snapshot has replaced everything (paper figure 13, receiver step 7).</summary>
    internal void Reset(LogPosition beforeFirst)
    {
        _chunks.Clear();
        _baseIndex = beforeFirst.Index + 1;
        BeforeFirst = beforeFirst;
        Last = beforeFirst;
        LastIndex = beforeFirst.Index;
    }

    private ref readonly Entry At(long index)
    {
        long offset = index - _baseIndex;
        return ref _chunks[(int)(offset >> ChunkEntriesShift)][offset & (ChunkEntries - 1)];
    }
}
