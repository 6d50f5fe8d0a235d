namespace Quorate.Simulation.Disk;

/// <summary>What is done to a <see cref="SimulatedDisk"/>; a fault is aimed at one of them.</summary>
public enum DiskOperation
{
    /// <summary>An existing file is opened.</summary>
    Open,

    /// <summary>A file is created or emptied.</summary>
    Create,

    /// <summary>Bytes are read.</summary>
    Read,

    /// <summary>Bytes are written.</summary>
    Write,

    /// <summary>A file is flushed.</summary>
    Flush,

    /// <summary>A file is cut or grown.</summary>
    SetLength,

    /// <summary>A file is renamed.</summary>
    Rename,

    /// <summary>A file is deleted.</summary>
    Delete,

    /// <summary>The names in a folder are flushed.</summary>
    FlushFolder,
}
