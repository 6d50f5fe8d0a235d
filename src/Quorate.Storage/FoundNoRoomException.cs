using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// The disk has no room for a spare segment or a snapshot. Nothing is left of the file, and nothing that was promised rests on it,
/// so that the server may go on. See docs/decisions/0020-a-full-disk-stops-what-can-wait.md.
/// </summary>
public sealed class FoundNoRoomException : StorageException
{
    /// <summary>Names the file, and says what the disk said.</summary>
    public FoundNoRoomException(string path, DiskFullException inner)
        : base(path, inner?.Message ?? path, inner)
    {
    }
}
