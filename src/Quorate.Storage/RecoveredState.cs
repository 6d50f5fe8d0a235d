using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>What a data folder held when it was opened.</summary>
public sealed record RecoveredState
{
    /// <summary>Whether the folder was empty before.</summary>
    public required bool IsFirstStart { get; init; }

    /// <summary>Term and vote.</summary>
    public required HardState HardState { get; init; }

    /// <summary>The newest good snapshot; its content is read through <see cref="SnapshotStore.OpenContent"/>.</summary>
    public required SnapshotMetadata? Snapshot { get; init; }

    /// <summary>
    /// The log, in order without a gap: from at most one after the snapshot's last entry, with the earlier entries that
    /// are still there, for followers that lag a little.
    /// </summary>
    public required IReadOnlyList<Entry> Entries { get; init; }

    /// <summary>The data folder that each other member was first heard from with, by member id.</summary>
    public required IReadOnlyDictionary<ulong, ulong> PeerFolders { get; init; }

    /// <summary>What was found and put right, in sentences for the operator's log: a torn tail cut off, a damaged snapshot passed over.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <inheritdoc cref="MemberStorage.TrimEntries"/>
    internal RecoveredState Trim(long entriesMax, long bytesMax)
    {
        if (Snapshot is null || Entries.Count == 0)
        {
            return this;
        }

        // The entry at the snapshot's end always stays: by its term is seen that the log leads up to the snapshot. So does
        // one more than are kept, since the first of a log that does not begin at its start only tells the term before it.
        int first = (int)Math.Clamp(Snapshot.LastIncluded.Index - Entries[0].Index, 0, Entries.Count - 1);
        for (long kept = 0, bytes = Entries[first].Command.Length; first > 0 && kept < entriesMax && bytes <= bytesMax; kept++)
        {
            first--;
            bytes += Entries[first].Command.Length;
        }

        return first == 0 ? this : this with { Entries = [.. Entries.Skip(first)] };
    }

    /// <summary>The same as the algorithm takes it.</summary>
    public RestoredState ToRestoredState(Configuration initialConfiguration) => new()
    {
        HardState = HardState,
        Snapshot = Snapshot,
        Entries = Entries,
        InitialConfiguration = initialConfiguration,
    };
}
