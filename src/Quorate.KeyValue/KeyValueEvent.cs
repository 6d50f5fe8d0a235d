namespace Quorate.KeyValue;

/// <summary>One change of a key. Changes are ordered by revision, and within a revision by <paramref name="Sub"/>.</summary>
/// <param name="Kind">Whether the key was written or deleted.</param>
/// <param name="Record">What was written; of a deletion the key and the revision only.</param>
/// <param name="Sub">Place among the changes of its revision, from zero.</param>
public readonly record struct KeyValueEvent(KeyValueEventKind Kind, KeyValueRecord Record, int Sub)
{
    /// <summary>The revision of the change.</summary>
    public long Revision => Record.ModRevision;

    /// <summary>Whether the key was absent before.</summary>
    public bool IsCreate => Kind == KeyValueEventKind.Put && Record.CreateRevision == Record.ModRevision && Record.Version == 1;

    internal static KeyValueEvent From(KeyRevision change) =>
        new(change.IsTombstone ? KeyValueEventKind.Delete : KeyValueEventKind.Put, change.ToRecord(), change.Sub);
}
