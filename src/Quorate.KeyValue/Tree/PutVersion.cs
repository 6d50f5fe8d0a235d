using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Tree;

/// <summary>Gives a key a new version, which continues the one before it unless that is a tombstone.</summary>
internal ref struct PutVersion(
    RecordSlabs records, long compactRevision, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long revision, int sub, long lease)
    : ISlotChange
{
    private readonly ReadOnlySpan<byte> _key = key;
    private readonly ReadOnlySpan<byte> _value = value;

    /// <summary>The newest version of the key before it; none where there was none.</summary>
    public RecordHandle Before { get; private set; }

    /// <summary>The version it made.</summary>
    public RecordHandle Made { get; private set; }

    public RecordHandle Make(RecordHandle before)
    {
        Before = before;
        long created = revision;
        long version = 1;
        if (!before.IsNone && records.View[before] is { IsTombstone: false } replaced)
        {
            created = replaced.CreateRevision;
            version = replaced.Version + 1;
        }

        var fields = new VersionFields(created, revision, sub, version, lease);
        Made = records.Append(_key, _value, fields, before, compactRevision);
        return Made;
    }
}
