namespace Quorate.Raft.Tests.Harness;

/// <summary>
/// The log of one server as the write batches describe it, kept naively: a list after a base position. One is kept
/// per server for what it has in memory (all batches taken) and one for its disk (all batches flushed).
/// </summary>
public sealed class LogCopy
{
    private readonly List<Entry> _entries = [];

    /// <summary>The position right before the first entry.</summary>
    public LogPosition Base { get; private set; }

    /// <summary>The entries after <see cref="Base"/>, without a gap.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    public LogPosition Last => _entries.Count == 0 ? Base : _entries[^1].Position;

    /// <summary>Appends an entry; an entry at or below the last index replaces everything from there on.</summary>
    /// <returns>How many entries were replaced.</returns>
    public int Append(Entry entry)
    {
        int replaced = 0;
        if (entry.Index <= Last.Index)
        {
            if (entry.Index <= Base.Index)
            {
                throw new SafetyViolationException($"entry {entry.Position} would replace what a snapshot holds, up to {Base}");
            }

            int at = (int)(entry.Index - Base.Index - 1);
            replaced = _entries.Count - at;
            _entries.RemoveRange(at, replaced);
        }

        if (entry.Index != Last.Index + 1)
        {
            throw new SafetyViolationException($"entry {entry.Position} leaves a gap after {Last}");
        }

        _entries.Add(entry);
        return replaced;
    }

    /// <summary>The log begins anew after a snapshot.</summary>
    public void BeginAfter(LogPosition snapshot)
    {
        _entries.Clear();
        Base = snapshot;
    }

    /// <summary>Forgets entries before an index.</summary>
    public void CutBefore(long firstIndexKept)
    {
        int count = (int)(firstIndexKept - Base.Index - 1);
        if (count <= 0)
        {
            return;
        }

        Base = _entries[count - 1].Position;
        _entries.RemoveRange(0, count);
    }

    /// <summary>The entry with an index, if it is here.</summary>
    public Entry? At(long index)
    {
        long at = index - Base.Index - 1;
        return at >= 0 && at < _entries.Count ? _entries[(int)at] : null;
    }

    /// <summary>Whether the log is known to hold the position: itself, or, by a snapshot, something after it.</summary>
    public bool Holds(LogPosition position) =>
        position.Index <= Base.Index || At(position.Index)?.Term == position.Term;

    public LogCopy Clone()
    {
        var clone = new LogCopy { Base = Base };
        clone._entries.AddRange(_entries);
        return clone;
    }
}
