using System.Collections.Immutable;
using Quorate.Raft;

namespace Quorate.Storage.Tests;

/// <summary>What a log says after a batch, kept naively: every entry since the log last began anew.</summary>
internal sealed record ModelState(HardState HardState, LogPosition Start, ImmutableList<Entry> Entries)
{
    public static readonly ModelState Empty = new(default, LogPosition.Start, []);

    public LogPosition Last => Entries.Count > 0 ? Entries[^1].Position : Start;

    public long? TermAt(long index) =>
        index == Start.Index ? Start.Term
        : index > Start.Index && index <= Last.Index ? EntryAt(index).Term
        : null;

    public Entry EntryAt(long index) => Entries[(int)(index - Start.Index - 1)];

    public ModelState Append(Entry entry) =>
        this with { Entries = Entries.GetRange(0, (int)(entry.Index - Start.Index - 1)).Add(entry) };

    public ModelState Reset(LogPosition position) => this with { Start = position, Entries = [] };

    /// <summary>What a member must find that has this log and that snapshot (paper §7, receiver steps 6 to 8).</summary>
    public ModelState With(LogPosition? snapshot)
    {
        ModelState result = snapshot is { } position && position.Index >= Start.Index && TermAt(position.Index) != position.Term
            ? Reset(position)
            : this;
        return result.HardState.CurrentTerm < result.Last.Term
            ? result with { HardState = new HardState(result.Last.Term, MemberId.None) }
            : result;
    }

    /// <summary>Whether the recovered state is this one; its log may begin later, but nowhere behind the snapshot.</summary>
    public bool Matches(RecoveredState recovered)
    {
        LogPosition last = recovered.Entries.Count > 0
            ? recovered.Entries[^1].Position
            : recovered.Snapshot?.LastIncluded ?? LogPosition.Start;
        long first = recovered.Entries.Count > 0 ? recovered.Entries[0].Index : last.Index + 1;
        return recovered.HardState == HardState
            && last == Last
            && first <= (recovered.Snapshot?.LastIncluded.Index ?? 0) + 1
            && first > Start.Index
            && recovered.Entries.All(entry => entry == EntryAt(entry.Index));
    }
}
