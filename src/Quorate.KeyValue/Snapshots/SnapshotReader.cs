using Quorate.KeyValue.Events;

namespace Quorate.KeyValue.Snapshots;

/// <summary>Reads a snapshot (see <see cref="SnapshotFormat"/>) and refuses what no store can have written.</summary>
internal sealed class SnapshotReader(Stream stream)
{
    /// <summary>Bytes made room for at once: a wrong length must not take memory that no data fills.</summary>
    private const int ValueStepBytes = 1 << 20;

    private readonly SnapshotInput _input = new(stream);
    private readonly TreeBuilder _tree = new();
    private readonly EventLogBuilder _events = new();
    private readonly List<KeyRevision> _versions = [];
    private byte[] _key = [];
    private long _revision;
    private long _compactRevision;
    private long _sizeBytes;

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
        return new LoadedState(_tree.Build(), events, _revision, _compactRevision, _sizeBytes);
    }

    private void ReadHeader()
    {
        Span<byte> magic = stackalloc byte[SnapshotFormat.Magic.Length];
        _input.ReadFully(magic);
        Require(magic.SequenceEqual(SnapshotFormat.Magic), "this is not a key-value snapshot");
        int format = _input.ReadInt32();
        if (format != SnapshotFormat.FormatVersion)
        {
            throw _input.Error($"the format is {format}, and this program reads {SnapshotFormat.FormatVersion}");
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
            _key = ReadBytes([], length);
        }
        else
        {
            _input.ReadFully(_key.AsSpan(0, length));
        }

        ReadOnlySpan<byte> key = _key.AsSpan(0, length);
        Require(
            _versions.Count == 0 || key.SequenceCompareTo(_versions[^1].Key) > 0, "a key is not above the one before it");
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
        KeyRevision? older = null;
        for (int i = 0; i < count; i++)
        {
            KeyRevision version = ReadVersion(key);
            RequireConsistent(version);
            if (older is not null)
            {
                RequireFollows(version, older);
            }

            _versions.Add(version);
            older = version;
        }
    }

    private KeyRevision ReadVersion(ReadOnlySpan<byte> key)
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

        return KeyRevision.Adopt(
            ReadBytes(key, valueLength), key.Length, createRevision, modRevision, sub, version, lease);
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
        KeyRevision? older = null;
        foreach (KeyRevision version in _versions)
        {
            _sizeBytes += version.SizeBytes;
            if (version.ModRevision >= _compactRevision)
            {
                _events.Add(version, older);
            }

            older = version;
        }

        _tree.Add(_versions.Count == 1 ? _versions[0] : KeyHistory.Adopt(_versions.ToArray()));
    }

    private byte[] ReadBytes(ReadOnlySpan<byte> prefix, int length)
    {
        int total = prefix.Length + length;
        byte[] bytes = GC.AllocateUninitializedArray<byte>(prefix.Length + Math.Min(length, ValueStepBytes));
        prefix.CopyTo(bytes);
        int filled = prefix.Length;
        while (true)
        {
            _input.ReadFully(bytes.AsSpan(filled));
            filled = bytes.Length;
            if (filled == total)
            {
                return bytes;
            }

            Array.Resize(ref bytes, (int)Math.Min(total, 2L * filled));
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
