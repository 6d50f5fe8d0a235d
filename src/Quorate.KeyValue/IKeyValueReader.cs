namespace Quorate.KeyValue;

/// <summary>What reads need: a published version, or the writer's own view, which has what is not published yet.</summary>
public interface IKeyValueReader
{
    /// <summary>The revision that a read at the present reflects.</summary>
    long Revision { get; }

    /// <summary>Revisions below this are gone; zero or less when nothing was compacted.</summary>
    long CompactRevision { get; }

    /// <summary>Reads a range.</summary>
    /// <exception cref="RevisionCompactedException">The query's revision is gone.</exception>
    /// <exception cref="FutureRevisionException">The query's revision is not reached yet.</exception>
    RangeResult Range(RangeQuery query);

    /// <summary>
    /// The records of a range at a revision, zero for the present, in order of key, each found when it is asked for: for
    /// ranges too large to be held, and for those of which the first few may be enough. Of a write under way only until its next change.
    /// </summary>
    /// <exception cref="RevisionCompactedException">The revision is gone.</exception>
    /// <exception cref="FutureRevisionException">The revision is not reached yet.</exception>
    IEnumerable<KeyValueRecord> Scan(KeyRange keys, long revision);

    /// <summary>Reads one key at the present; null when it is absent.</summary>
    KeyValueRecord? Get(ReadOnlyMemory<byte> key);

    /// <summary>Reads one key at a revision, zero for the present; null when it was absent.</summary>
    /// <exception cref="RevisionCompactedException">The revision is gone.</exception>
    /// <exception cref="FutureRevisionException">The revision is not reached yet.</exception>
    KeyValueRecord? Get(ReadOnlyMemory<byte> key, long revision);
}
