namespace Quorate.Io;

/// <summary>How <see cref="IDisk.Open"/> treats what exists.</summary>
public enum DiskFileMode
{
    /// <summary>Existing file, for reading only.</summary>
    Read,

    /// <summary>Existing file, for reading and writing.</summary>
    ReadWrite,

    /// <summary>New file, for reading and writing; an existing one is an error.</summary>
    CreateNew,

    /// <summary>New or emptied file, for reading and writing.</summary>
    Create,
}
