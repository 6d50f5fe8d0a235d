using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>The log in memory while it is read back: records go in, in order.</summary>
internal sealed class LogContents(MemberIdentity identity, HardState hardState, LogPosition start)
{
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
                    Entries.Clear();
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
            Entries.Clear();
        }

        int kept = (int)(entry.Index - Start.Index - 1);
#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.DiscardedTailComesBack) && kept < Entries.Count)
        {
            Entries[kept] = entry;
            return;
        }
#endif
        Entries.RemoveRange(kept, Entries.Count - kept);
        Entries.Add(entry);
    }
}
