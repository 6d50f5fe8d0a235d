using Google.Protobuf;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// What a checker believes of one key at one moment. Revisions that nobody has told yet are zero: those of a write
/// whose answer was lost, until a read shows them.
/// </summary>
internal sealed class KeyRecord
{
    public KeyRecord(
        ByteString key, ByteString value, long lease, long version, long createRevision, long modRevision, long revisionAbove)
    {
        Key = key;
        Value = value;
        Lease = lease;
        Version = version;
        CreateRevision = createRevision;
        ModRevision = modRevision;
        RevisionAbove = revisionAbove;
        ulong hash = Mixing.Bytes(Mixing.Bytes(Mixing.Start, key.Span), value.Span);
        hash = Mixing.Number(Mixing.Number(Mixing.Number(hash, lease), version), createRevision);
        Hash = Mixing.Number(Mixing.Number(hash, modRevision), revisionAbove);
    }

    public ByteString Key { get; }

    public ByteString Value { get; }

    public long Lease { get; }

    /// <summary>Number of puts since the key was created; zero where the key is absent.</summary>
    public long Version { get; }

    public long CreateRevision { get; }

    /// <summary>The revision of the last change, a deletion too.</summary>
    public long ModRevision { get; }

    /// <summary>While <see cref="ModRevision"/> is not known: what it is certainly greater than. Zero once it is.</summary>
    public long RevisionAbove { get; }

    public bool IsPresent => Version != 0;

    /// <summary>The least that the revision of the last change can be.</summary>
    public long RevisionMin => ModRevision != 0 ? ModRevision : RevisionAbove;

    /// <summary>The same in every run: it depends on the contents only.</summary>
    public ulong Hash { get; }

    /// <summary>A key that no longer is.</summary>
    public static KeyRecord Deleted(KeyRecord before, long revision) =>
        new(before.Key, ByteString.Empty, 0, 0, 0, revision, revision == 0 ? before.RevisionMin : 0);

    /// <summary>The same with its revisions as they were just told.</summary>
    public KeyRecord WithRevisions(long createRevision, long modRevision) =>
        new(Key, Value, Lease, Version, createRevision, modRevision, modRevision == 0 ? RevisionAbove : 0);

    public bool Equals(KeyRecord other) =>
        Hash == other.Hash && Version == other.Version && ModRevision == other.ModRevision && CreateRevision == other.CreateRevision
        && RevisionAbove == other.RevisionAbove && Lease == other.Lease && Key.Equals(other.Key) && Value.Equals(other.Value);

    public Etcd.Protocol.KeyValue ToMessage() => new()
    {
        Key = Key,
        Value = Value,
        Lease = Lease,
        Version = Version,
        CreateRevision = CreateRevision,
        ModRevision = ModRevision,
    };
}
