namespace Quorate.Io;

/// <summary>How <see cref="IDisk.Open"/> treats what exists.</summary>
public enum DiskFileMode
{
    /// <summary>Existing file, for reading only.</summary>
    Read,

    /// <summary>Existing file, for reading and writing.</summary>
    ReadWrite,

    /// <summary>
    /// Existing file, for reading, and for replacing bytes in whole sectors of 512 bytes, each write flushed at once. Where
    /// the system has a way, writes from memory at a multiple of 4096 bytes go past its cache: the flush after them has no pages to
    /// look for.
    /// </summary>
    Overwrite,

    /// <summary>New file, for reading and writing; an existing one is an error.</summary>
    CreateNew,

    /// <summary>New or emptied file, for reading and writing.</summary>
    Create,
}
