namespace Quorate.KeyValue.Records;

/// <summary>
/// The writer's hold on the versions of all keys: bytes after bytes in large arrays, so that a version is no object that
/// the garbage collector moves, marks and looks through.
/// </summary>
/// <remarks>
/// A slab is only ever appended to, behind what any published version refers to. What is free in it is not used again: a
/// slab that is mostly free is emptied by writing what is left elsewhere (<see cref="Garbage.SlabCleaner"/>), and given up.
/// </remarks>
internal sealed class RecordSlabs
{
    /// <summary>The first slabs are small, since many stores are.</summary>
    private const int SlabBytesMin = 4 << 10;

    private const int SlabBytesMax = 1 << 20;

    /// <summary>A slab is as long as all that there is, divided by this, within the bounds.</summary>
    private const int SlabsUntilLonger = 4;

    /// <summary>A longer record gets a slab of its own: it would leave too much of the last one empty.</summary>
    private const int SharedRecordBytesMax = SlabBytesMax / 4;

    private const int DirectorySlotsMin = 4;
    private const int NoSlab = -1;

    private readonly Stack<int> _vacant = new();
    private byte[]?[] _slabs = new byte[]?[DirectorySlotsMin];
    private Use[] _uses = new Use[DirectorySlotsMin];
    private int _end;
    private int _last = NoSlab;
    private long _bytes;

    /// <summary>What there is now.</summary>
    public RecordView View => new(_slabs);

    /// <summary>Bytes of all slabs.</summary>
    public long Bytes => _bytes;

    /// <summary>Bytes of the records that are not freed.</summary>
    public long LiveBytes
    {
        get
        {
            long live = 0;
            for (int slab = 0; slab < _end; slab++)
            {
                live += _uses[slab].LiveBytes;
            }

            return live;
        }
    }

    /// <summary>Adds a version; key and value are copied.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="fields">The rest.</param>
    /// <param name="older">The key's newest version up to now; none where it had none.</param>
    /// <param name="compactRevision">Versions from this revision on are there for sure.</param>
    public RecordHandle Append(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, in VersionFields fields, RecordHandle older, long compactRevision)
    {
        RecordHandle handle = Append(key, value.Length, fields, older, compactRevision, out Span<byte> destination);
        value.CopyTo(destination);
        return handle;
    }

    /// <summary>Adds a version whose value is still to be filled in, before anybody else is told of it.</summary>
    public RecordHandle Append(
        ReadOnlySpan<byte> key, int valueLength, in VersionFields fields, RecordHandle older, long compactRevision, out Span<byte> value)
    {
        OlderVersions ways = older.IsNone ? default : OlderVersions.Before(older, View, compactRevision);
        byte parts = RecordLayout.PartsOf(fields, hasOlder: !older.IsNone);
        int keyAt = RecordLayout.KeyAt(parts);
        int length = checked(keyAt + key.Length + valueLength);
        RecordHandle handle = Reserve(length);
        Span<byte> record = _slabs[handle.Slab].AsSpan(handle.Offset, length);
        RecordLayout.Write(record, parts, key.Length, valueLength, fields, ways);
        key.CopyTo(record[keyAt..]);
        value = record[(keyAt + key.Length)..];
        return handle;
    }

    /// <summary>Tells that a version is not wanted any more. Its bytes stay until all of its slab is free.</summary>
    public void Free(RecordHandle handle) => _uses[handle.Slab].LiveBytes -= View[handle].RecordBytes;

    /// <summary>
    /// Gives up the slabs in which nothing is left. Views taken before keep them; nothing that is held from now on may
    /// refer to what was freed.
    /// </summary>
    public void ReleaseEmpty()
    {
        byte[]?[]? kept = null;
        for (int slab = 0; slab < _end; slab++)
        {
            if (slab != _last && _slabs[slab] is { } bytes && _uses[slab].LiveBytes == 0)
            {
                // Views share the directory, so it is copied before anything is taken out.
                kept ??= [.. _slabs];
                kept[slab] = null;
                _bytes -= bytes.Length;
                _vacant.Push(slab);
            }
        }

        _slabs = kept ?? _slabs;
    }

    /// <summary>Adds the slabs of which half or more is free, but not the one that is written to.</summary>
    public void AddSparse(Queue<int> sparse)
    {
        for (int slab = 0; slab < _end; slab++)
        {
            Use use = _uses[slab];
            if (slab != _last && _slabs[slab] is not null && use.LiveBytes > 0 && use.LiveBytes <= use.UsedBytes / 2)
            {
                sparse.Enqueue(slab);
            }
        }
    }

    /// <summary>The record at an offset of a slab, free or not; none behind the last one.</summary>
    public RecordHandle RecordAt(int slab, int offset) =>
        offset < _uses[slab].UsedBytes ? new RecordHandle(slab, offset) : default;

    private RecordHandle Reserve(int length)
    {
        int slab = length > SharedRecordBytesMax ? Add(length) : LastWithRoomFor(length);
        ref Use use = ref _uses[slab];
        var handle = new RecordHandle(slab, use.UsedBytes);
        use.UsedBytes += length;
        use.LiveBytes += length;
        return handle;
    }

    private int LastWithRoomFor(int length)
    {
        if (_last == NoSlab || _slabs[_last]!.Length - _uses[_last].UsedBytes < length)
        {
            int bytes = (int)Math.Clamp(_bytes / SlabsUntilLonger, SlabBytesMin, SlabBytesMax);
            _last = Add(Math.Max(bytes, length));
        }

        return _last;
    }

    private int Add(int bytes)
    {
        if (!_vacant.TryPop(out int slab))
        {
            slab = _end++;
            if (slab == _slabs.Length)
            {
                Array.Resize(ref _slabs, 2 * slab);
                Array.Resize(ref _uses, 2 * slab);
            }
        }

        // Pinned arrays lie apart from all others: what dies between two slabs leaves no hole that only its like would fill.
        _slabs[slab] = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        _uses[slab] = default;
        _bytes += bytes;
        return slab;
    }

    /// <summary>How much of a slab was written, and how much of that is still wanted.</summary>
    private struct Use
    {
        public int UsedBytes;
        public int LiveBytes;
    }
}
