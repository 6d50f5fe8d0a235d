using Quorate.KeyValue.Events;
using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Snapshots;

/// <summary>Reads a snapshot (see <see cref="StoreSnapshotFormat"/>) and refuses what no store can have written.</summary>
internal sealed class StoreSnapshotReader
{
    /// <summary>Bytes made room for at once: a wrong length must not take memory that no data fills.</summary>
    private const int ValueStepBytes = 1 << 20;

    private readonly SnapshotInput _input;
    private readonly RecordSlabs _records = new();
    private readonly List<RecordHandle> _versions = [];
    private readonly TreeBuilder _tree;
    private readonly EventLogBuilder _events;
    private byte[] _key = [];
    private long _revision;
    private long _compactRevision;
    private long _sizeBytes;

    public StoreSnapshotReader(Stream stream)
    {
        _input = new SnapshotInput(stream);
        _tree = new TreeBuilder(_records);
        _events = new EventLogBuilder(_records);
    }

    /// <summary>Reads the whole stream.</summary>
    /// <exception cref="InvalidDataException">It is not a snapshot that this version reads.</exception>
    public LoadedState Read()
    {
        ReadHeader();
        long keys = 0;
        long versions = 0;
        while (_input.ReadInt32() is var keyLength && keyLength != 0)
        {
            ReadVersions(ReadKey(keyLength));
            keys++;
            versions += _versions.Count;
            AddKey();
        }

        Require(_input.ReadInt64() == keys, "the number of keys is another than what was read");
        Require(_input.ReadInt64() == versions, "the number of versions is another than what was read");
        Require(_input.IsAtEnd(), "there is more after the end");
        EventLog events = _events.Build()
            ?? throw _input.Error("two changes claim one place in a revision, or one is missing");
        return new LoadedState(_tree.Build(), _records, events, _revision, _compactRevision, _sizeBytes);
    }

    private void ReadHeader()
    {
        Span<byte> magic = stackalloc byte[StoreSnapshotFormat.Magic.Length];
        _input.ReadFully(magic);
        Require(magic.SequenceEqual(StoreSnapshotFormat.Magic), "this is not a key-value snapshot");
        int format = _input.ReadInt32();
        if (format != StoreSnapshotFormat.FormatVersion)
        {
            throw _input.Error($"the format is {format}, and this program reads {StoreSnapshotFormat.FormatVersion}");
        }

        Require(_input.ReadInt32() == 0, "reserved bytes are used");
        _revision = _input.ReadInt64();
        if (_revision < KeyValueStore.FirstRevision)
        {
            throw _input.Error($"the revision is {_revision}");
        }

        _compactRevision = _input.ReadInt64();
        if (_compactRevision < KeyValueStore.NeverCompacted || _compactRevision > _revision)
        {
            throw _input.Error($"the compact revision is {_compactRevision}, the revision {_revision}");
        }
    }

    /// <summary>The next key, valid until the one after it is read.</summary>
    private ReadOnlySpan<byte> ReadKey(int length)
    {
        if (length is <= 0 or > KeyValueStore.RecordBytesMax)
        {
            throw _input.Error($"a key's length is {length}");
        }

        if (length > _key.Length)
        {
            _key = ReadBytes(length);
        }
        else
        {
            _input.ReadFully(_key.AsSpan(0, length));
        }

        ReadOnlySpan<byte> key = _key.AsSpan(0, length);
        Require(
            _versions.Count == 0 || key.SequenceCompareTo(_records.View[_versions[^1]].Key) > 0, "a key is not above the one before it");
        return key;
    }

    private void ReadVersions(ReadOnlySpan<byte> key)
    {
        int count = _input.ReadInt32();
        if (count <= 0)
        {
            throw _input.Error($"a key's number of versions is {count}");
        }

        _versions.Clear();
        for (int i = 0; i < count; i++)
        {
            RecordHandle handle = ReadVersion(key, older: i == 0 ? default : _versions[^1]);
            KeyRevision version = _records.View[handle];
            RequireConsistent(version);
            if (i > 0)
            {
                RequireFollows(version, _records.View[_versions[^1]]);
            }

            _versions.Add(handle);
        }
    }

    private RecordHandle ReadVersion(ReadOnlySpan<byte> key, RecordHandle older)
    {
        long modRevision = _input.ReadInt64();
        int sub = _input.ReadInt32();
        long createRevision = _input.ReadInt64();
        long version = _input.ReadInt64();
        long lease = _input.ReadInt64();
        int valueLength = _input.ReadInt32();
        if (valueLength < 0 || (long)valueLength + key.Length > KeyValueStore.RecordBytesMax)
        {
            throw _input.Error($"a value's length is {valueLength}");
        }

        var fields = new VersionFields(createRevision, modRevision, sub, version, lease);
        if (valueLength > ValueStepBytes)
        {
            return _records.Append(key, ReadBytes(valueLength), fields, older, _compactRevision);
        }

        RecordHandle handle = _records.Append(key, valueLength, fields, older, _compactRevision, out Span<byte> value);
        _input.ReadFully(value);
        return handle;
    }

    private void RequireConsistent(KeyRevision version)
    {
        if (version.ModRevision <= KeyValueStore.FirstRevision || version.ModRevision > _revision || version.Sub < 0)
        {
            throw _input.Error($"a version is of revision {version.ModRevision}.{version.Sub}, the store's is {_revision}");
        }

        if (version.IsTombstone)
        {
            Require(
                version.CreateRevision == 0 && version.Lease == 0 && version.Value.IsEmpty,
                "a tombstone has more than a key");
            Require(version.ModRevision >= _compactRevision, "a tombstone is from before the compact revision");
        }
        else if (version.Version <= 0 || version.CreateRevision <= KeyValueStore.FirstRevision || version.CreateRevision > version.ModRevision)
        {
            throw _input.Error($"version {version.Version} of revision {version.ModRevision} claims creation at {version.CreateRevision}");
        }
    }

    private void RequireFollows(KeyRevision version, KeyRevision older)
    {
        bool isLater = version.ModRevision > older.ModRevision
            || (version.ModRevision == older.ModRevision && version.Sub > older.Sub);
        Require(isLater, "a key's versions are out of order");
        Require(
            older.ModRevision >= _compactRevision || version.ModRevision > _compactRevision,
            "a version is left that the compaction drops");
        if (!version.IsTombstone)
        {
            Require(
                older.IsTombstone
                    ? version.Version == 1 && version.CreateRevision == version.ModRevision
                    : version.Version == older.Version + 1 && version.CreateRevision == older.CreateRevision,
                "a version does not continue the one before it");
        }
    }

    /// <summary>Adds the key whose versions were read.</summary>
    private void AddKey()
    {
        RecordHandle older = default;
        foreach (RecordHandle handle in _versions)
        {
            KeyRevision version = _records.View[handle];
            _sizeBytes += version.SizeBytes;
            if (version.ModRevision >= _compactRevision)
            {
                _events.Add(handle, older);
            }

            older = handle;
        }

        _tree.Add(older);
    }

    private byte[] ReadBytes(int length)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Math.Min(length, ValueStepBytes));
        int filled = 0;
        while (true)
        {
            _input.ReadFully(bytes.AsSpan(filled));
            filled = bytes.Length;
            if (filled == length)
            {
                return bytes;
            }

            Array.Resize(ref bytes, (int)Math.Min(length, 2L * filled));
        }
    }

    /// <remarks>A message that is made of numbers is for a plain <c>if</c>: here it would be made for every key.</remarks>
    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw _input.Error(otherwise);
        }
    }
}
