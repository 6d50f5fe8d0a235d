namespace Quorate.KeyValue.Records;

/// <summary>What a version is, beside key and value.</summary>
/// <param name="CreateRevision">The revision that created the key; zero of a tombstone.</param>
/// <param name="ModRevision">The revision that made this version.</param>
/// <param name="Sub">Place among the changes of its revision, from zero.</param>
/// <param name="Version">Writes since the key was created; zero marks a tombstone.</param>
/// <param name="Lease">The lease it is attached to; zero for none.</param>
internal readonly record struct VersionFields(long CreateRevision, long ModRevision, int Sub, long Version, long Lease)
{
    /// <summary>The mark of a deletion.</summary>
    public static VersionFields Tombstone(long modRevision, int sub) => new(0, modRevision, sub, 0, 0);
}
