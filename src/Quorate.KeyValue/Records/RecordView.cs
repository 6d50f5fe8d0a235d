namespace Quorate.KeyValue.Records;

/// <summary>
/// The slabs as of one version of the store. Whoever holds it holds the slabs, also those that the store has given up since.
/// </summary>
/// <remarks>
/// Slabs that are added later may show in it, at numbers that nothing of this version refers to. One that is given up does
/// not vanish from it (<see cref="RecordSlabs.ReleaseEmpty"/>).
/// </remarks>
internal readonly struct RecordView(byte[]?[] slabs)
{
    /// <summary>The version that a handle stands for.</summary>
    public KeyRevision this[RecordHandle handle] => new(slabs[handle.Slab]!, handle.Offset);
}
