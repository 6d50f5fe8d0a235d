namespace Quorate.KeyValue;

/// <summary>One version of a key, with the fields that etcd's clients know. Immutable.</summary>
/// <param name="Key">The key: one byte or more.</param>
/// <param name="Value">The value; may be empty, and is empty where only keys were asked for.</param>
/// <param name="CreateRevision">Revision at which the key was created, since it was last absent.</param>
/// <param name="ModRevision">Revision at which this version was written.</param>
/// <param name="Version">Writes since the key was created: the first is one.</param>
/// <param name="Lease">The lease it is attached to; zero for none.</param>
public readonly record struct KeyValueRecord(
    ReadOnlyMemory<byte> Key,
    ReadOnlyMemory<byte> Value,
    long CreateRevision,
    long ModRevision,
    long Version,
    long Lease);
