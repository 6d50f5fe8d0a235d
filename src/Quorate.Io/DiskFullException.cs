namespace Quorate.Io;

/// <summary>
/// There is no room on the disk for what was to be written, or no quota. A part of it may have been written; what was in
/// the file before, and what it took room for before, is untouched.
/// </summary>
public sealed class DiskFullException : IOException
{
    /// <summary>Says what found no room.</summary>
    public DiskFullException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
