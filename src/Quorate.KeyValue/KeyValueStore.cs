namespace Quorate.KeyValue;

/// <summary>
/// A multi-version key-value store: every revision is kept until compacted. One thread writes; each commit publishes
/// an immutable <see cref="StoreVersion"/>.
/// </summary>
public sealed class KeyValueStore
{
    /// <summary>The newest version; may be read from any thread.</summary>
    public StoreVersion Current => throw new NotImplementedException();

    /// <summary>
    /// Begins a write: all its changes get one revision, and are seen together or not at all.
    /// </summary>
    public WriteTransaction Begin() => throw new NotImplementedException();

    /// <summary>Forgets what was overwritten or deleted before a revision; its own state stays readable.</summary>
    /// <exception cref="RevisionCompactedException">It has been compacted already.</exception>
    /// <exception cref="FutureRevisionException">It is not reached yet.</exception>
    public void Compact(long revision) => throw new NotImplementedException();

    /// <summary>Replaces everything by the contents of a snapshot (see <see cref="StoreVersion"/>).</summary>
    /// <exception cref="InvalidDataException">The bytes are not a snapshot that this version reads.</exception>
    public void Load(Stream snapshot) => throw new NotImplementedException();
}
