namespace Quorate.Raft;

/// <summary>The log as it is after a restart, checked, with the configurations it holds.</summary>
internal sealed record RestoredLog(RaftLog Log, ConfigurationHistory Configurations, bool IsReplacedBySnapshot)
{
    public static RestoredLog From(RestoredState restored)
    {
        IReadOnlyList<Entry> entries = restored.Entries;
        RequireConsecutive(entries);
        LogPosition snapshot = restored.Snapshot?.LastIncluded ?? LogPosition.Start;
        if (entries.Count > 0 && entries[0].Index > snapshot.Index + 1)
        {
            throw new ArgumentException($"the log begins at {entries[0].Position}, but the snapshot ends at {snapshot}: entries between are missing");
        }

        // The server stopped after a snapshot from its leader was installed and before the log began anew: the log on
        // disk does not lead up to the snapshot, and what is in it is either covered or not the cluster's. Storage finds the same
        // (StartingPoint.ResetAt), resets its log and restores no entries; here it is found whatever storage the host has,
        // and the first output has the log begin anew.
        bool isReplaced = entries.Count > 0 && !LeadsUpTo(entries, snapshot);
        int next = 0;
        LogPosition beforeFirst = snapshot;
        if (isReplaced)
        {
            next = entries.Count;
        }
        else if (entries.Count > 0 && entries[0].Index <= snapshot.Index)
        {
            // The term before the first entry is known only at the start of the log; elsewhere that entry itself
            // becomes the one before the first.
            bool isFromStart = entries[0].Index == 1;
            next = isFromStart ? 0 : 1;
            beforeFirst = isFromStart ? LogPosition.Start : entries[0].Position;
        }

        var log = new RaftLog(beforeFirst);
        var configurations = new ConfigurationHistory(snapshot.Index, restored.Snapshot?.Configuration ?? restored.InitialConfiguration);
        for (; next < entries.Count; next++)
        {
            Entry entry = entries[next];
            log.Append(entry);
            if (entry.Kind == EntryKind.Configuration && entry.Index > snapshot.Index)
            {
                configurations.Append(entry.Index, ConfigurationCodec.Decode(entry.Command.Span));
            }
        }

        return new RestoredLog(log, configurations, isReplaced);
    }

    private static bool LeadsUpTo(IReadOnlyList<Entry> entries, LogPosition snapshot)
    {
        long offset = snapshot.Index - entries[0].Index;
        if (offset < 0)
        {
            return true;
        }

        return offset < entries.Count && entries[(int)offset].Term == snapshot.Term;
    }

    private static void RequireConsecutive(IReadOnlyList<Entry> entries)
    {
        for (int i = 1; i < entries.Count; i++)
        {
            if (entries[i].Index != entries[i - 1].Index + 1 || entries[i].Term < entries[i - 1].Term)
            {
                throw new ArgumentException($"entry {entries[i].Position} cannot follow entry {entries[i - 1].Position}");
            }
        }

        if (entries.Count > 0 && (entries[0].Index < 1 || entries[0].Term < 1))
        {
            throw new ArgumentException($"no log begins at {entries[0].Position}");
        }
    }
}
