namespace Quorate.KeyValue;

/// <summary>The store as of one revision: immutable, and readable from any thread for as long as it is held.</summary>
public sealed class StoreVersion
{
    internal StoreVersion()
    {
    }

    /// <summary>The revision; one when nothing was ever written.</summary>
    public long Revision => throw new NotImplementedException();

    /// <summary>Revisions below this are gone; zero or less when nothing was compacted.</summary>
    public long CompactRevision => throw new NotImplementedException();

    /// <summary>Number of keys present.</summary>
    public long KeyCount => throw new NotImplementedException();

    /// <summary>Bytes of keys and values of all revisions held, with the store's own cost of each.</summary>
    public long SizeBytes => throw new NotImplementedException();

    /// <summary>Reads a range.</summary>
    /// <exception cref="RevisionCompactedException">The query's revision is gone.</exception>
    /// <exception cref="FutureRevisionException">The query's revision is not reached yet.</exception>
    public RangeResult Range(RangeQuery query) => throw new NotImplementedException();
}
