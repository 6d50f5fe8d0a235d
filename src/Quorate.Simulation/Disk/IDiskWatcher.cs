namespace Quorate.Simulation.Disk;

/// <summary>Is told what a disk promises, refuses and loses.</summary>
internal interface IDiskWatcher
{
    /// <summary>A file was flushed, and so many bytes, in whole sectors, with it.</summary>
    void Flushed(string path, long bytes);

    /// <summary>An operation failed.</summary>
    void Failed(DiskOperation operation, string path, string text);

    /// <summary>Power was lost.</summary>
    void Crashed(in CrashLosses losses);
}
