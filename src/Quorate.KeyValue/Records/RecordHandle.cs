namespace Quorate.KeyValue.Records;

/// <summary>
/// Where a version of a key stands: in which slab, and from which byte of it on. Not a reference, so nothing that holds
/// it costs the garbage collector anything; a <see cref="RecordView"/> makes it one.
/// </summary>
internal readonly record struct RecordHandle
{
    /// <summary>The slab's number plus one in the upper half, so that the default is no place.</summary>
    private readonly long _place;

    public RecordHandle(int slab, int offset)
    {
        _place = ((slab + 1L) << 32) | (uint)offset;
    }

    private RecordHandle(long place)
    {
        _place = place;
    }

    /// <summary>Whether there is nothing.</summary>
    public bool IsNone => _place == 0;

    /// <summary>The slab's number.</summary>
    public int Slab => (int)(_place >> 32) - 1;

    /// <summary>The first byte in the slab.</summary>
    public int Offset => (int)_place;

    /// <summary>As a number, to be written into a record.</summary>
    public long ToInt64() => _place;

    /// <summary>What <see cref="ToInt64"/> gave.</summary>
    public static RecordHandle FromInt64(long place) => new(place);
}
