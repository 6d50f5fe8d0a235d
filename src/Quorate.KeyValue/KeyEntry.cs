using Quorate.KeyValue.Records;

namespace Quorate.KeyValue;

/// <summary>The versions of one key: the newest, which a slot of the tree stands for, and by way of it those before.</summary>
internal readonly struct KeyEntry(RecordView records, RecordHandle newest)
{
    /// <summary>Where the newest version stands.</summary>
    public RecordHandle Handle => newest;

    /// <summary>The newest version; a tombstone where the key is deleted.</summary>
    public KeyRevision Newest => records[newest];

    /// <summary>The version that a read at a revision meets; null where the key was absent then.</summary>
    /// <param name="revision">Not before what a compaction left.</param>
    public KeyRevision? At(long revision) => At(records, Newest, revision);

    /// <summary>The version that a read at a revision meets, looked for from one that is as new or newer; null where the key was absent then.</summary>
    /// <param name="records">What the versions refer to.</param>
    /// <param name="version">Where to begin.</param>
    /// <param name="revision">Not before what a compaction left.</param>
    public static KeyRevision? At(RecordView records, KeyRevision version, long revision)
    {
        while (version.ModRevision > revision)
        {
            if (!version.HasOlder)
            {
                return null;
            }

            OlderVersions older = version.Older;
            if (older.JumpModRevision > revision)
            {
                version = records[older.Jump];
            }
            else if (older.OlderModRevision > revision || version.Version != 1)
            {
                version = records[older.Older];
            }
            else
            {
                // What came before the first write is nothing, or a tombstone that may be gone.
                return null;
            }
        }

        return version.IsTombstone ? null : version;
    }

    /// <summary>How many versions were made at a revision or after it, which must not be before what a compaction left.</summary>
    public long CountFrom(long revision)
    {
        long count = 0;
        KeyRevision version = Newest;
        while (version.ModRevision >= revision)
        {
            if (!version.HasOlder)
            {
                return count + 1;
            }

            OlderVersions older = version.Older;
            if (older.JumpModRevision >= revision)
            {
                count += older.JumpSpan;
                version = records[older.Jump];
            }
            else if (older.OlderModRevision >= revision)
            {
                count++;
                version = records[older.Older];
            }
            else
            {
                return count + 1;
            }
        }

        return count;
    }

    /// <summary>Adds some of the versions, oldest first.</summary>
    /// <param name="newer">How many are newer than the last one wanted.</param>
    /// <param name="count">How many are wanted, all of which must be there.</param>
    /// <param name="found">Where they are added.</param>
    public void AddVersions(long newer, int count, List<KeyRevision> found)
    {
        KeyRevision version = Newest;
        while (newer > 0)
        {
            OlderVersions older = version.Older;
            bool jumps = older.JumpSpan <= newer;
            newer -= jumps ? older.JumpSpan : 1;
            version = records[jumps ? older.Jump : older.Older];
        }

        int first = found.Count;
        for (int i = 0; i < count; i++)
        {
            version = i == 0 ? version : records[version.Older.Older];
            found.Add(version);
        }

        found.Reverse(first, count);
    }
}
