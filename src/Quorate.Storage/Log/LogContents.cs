using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// The log in memory while it is read back: records go in, in order. What a snapshot covers is let go of on the way, but for
/// the last of it: the log on disk reaches back to the snapshot before that one, and may be as large as the state.
/// </summary>
/// <param name="identity">Whose log it is.</param>
/// <param name="hardState">What the first segment begins with.</param>
/// <param name="start">The entry before the first.</param>
/// <param name="coveredIndex">The last entry in the newest good snapshot.</param>
internal sealed class LogContents(MemberIdentity identity, HardState hardState, LogPosition start, long coveredIndex)
{
    /// <summary>Bytes of commands that a snapshot covers and that are kept at least, for followers that lag; at most twice as many.</summary>
    public const long CoveredBytesKept = 16 << 20;

    private long _coveredBytes;

    public HardState HardState { get; private set; } = hardState;

    /// <summary>The entry before the first of <see cref="Entries"/>.</summary>
    public LogPosition Start { get; private set; } = start;

    public List<Entry> Entries { get; } = [];

    public LogPosition Last => Entries.Count > 0 ? Entries[^1].Position : Start;

    /// <summary>
    /// Takes the records of one block. Returns what is wrong with them, or null: behind a good checksum a bad record is
    /// the work of another program, and still is named and not skipped.
    /// </summary>
    public string? Add(ReadOnlyMemory<byte> records, List<SegmentInfo> segments)
    {
        while (!records.IsEmpty)
        {
            if (!RecordCodec.TryRead(ref records, out RecordType type, out byte kind, out uint group, out ReadOnlyMemory<byte> payload))
            {
                return "a record is longer than its block";
            }

            if (group != identity.Group)
            {
                return $"a record is of group {group}, and this log of group {identity.Group}";
            }

            switch (type)
            {
                case RecordType.HardState:
                    HardState = RecordCodec.ReadHardState(payload.Span);
                    break;

                case RecordType.Reset:
                    Start = RecordCodec.ReadPosition(payload.Span);
                    Clear();
                    foreach (SegmentInfo segment in segments)
                    {
                        segment.MaxIndex = Math.Min(segment.MaxIndex, Start.Index);
                    }

                    segments[^1].MaxIndex = Start.Index;
                    break;

                case RecordType.Entry:
                    LogPosition position = RecordCodec.ReadPosition(payload.Span);
                    if (position.Index < 1 || position.Index > Last.Index + 1)
                    {
                        return $"entry {position.Index} does not follow entry {Last.Index}";
                    }

                    Replace(new Entry(position.Term, position.Index, (EntryKind)kind, payload[RecordCodec.PositionSize..]));
                    segments[^1].MaxIndex = Math.Max(segments[^1].MaxIndex, position.Index);
                    LetGoOfCovered();
                    break;

                default:
                    return $"a record has the unknown type {(int)type}";
            }
        }

        return null;
    }

    private void Replace(Entry entry)
    {
        if (entry.Index <= Start.Index)
        {
            // What it replaces was in a segment that is gone, and so is the term of the entry before it.
            Start = entry.Index == 1 ? LogPosition.Start : new LogPosition(RecoveredLog.TermUnknown, entry.Index - 1);
            Clear();
        }

        int kept = (int)(entry.Index - Start.Index - 1);
#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.DiscardedTailComesBack) && kept < Entries.Count)
        {
            Entries[kept] = entry;
            return;
        }
#endif
        for (int i = kept; i < Entries.Count; i++)
        {
            _coveredBytes -= CoveredBytes(Entries[i]);
        }

        Entries.RemoveRange(kept, Entries.Count - kept);
        Entries.Add(entry);
        _coveredBytes += CoveredBytes(entry);
    }

    private void LetGoOfCovered()
    {
        if (_coveredBytes <= 2 * CoveredBytesKept)
        {
            return;
        }

        int count = 0;
        while (_coveredBytes > CoveredBytesKept)
        {
            _coveredBytes -= CoveredBytes(Entries[count++]);
        }

        Start = Entries[count - 1].Position;
        Entries.RemoveRange(0, count);
    }

    private long CoveredBytes(in Entry entry) => entry.Index < coveredIndex ? entry.Command.Length : 0;

    private void Clear()
    {
        Entries.Clear();
        _coveredBytes = 0;
    }
}
