using System.Runtime;

namespace Quorate.Server.Hosting;

/// <summary>
/// Sets memory aside for what a member loads at its start. Nearly all of it stays, so the collector, left to itself, would
/// copy it from generation to generation while it grows, and leave gaps. The memory is only taken as it is filled.
/// </summary>
internal sealed class LoadingMemory : IDisposable
{
    /// <summary>Folders smaller than this are loaded before the collector gets in the way.</summary>
    private const long WorthwhileBytes = 16 << 20;

    /// <summary>For what a start needs besides the data: blocks of the log are large, as the collector has it.</summary>
    private const long BesidesBytes = 64 << 20;

    private LoadingMemory()
    {
    }

    /// <summary>Sets it aside, until the result is disposed of; null where that is not worthwhile or the memory is not there.</summary>
    public static LoadingMemory? Reserve(string dataFolder)
    {
        long snapshotBytes = FileBytes(Path.Combine(dataFolder, "snapshots"), "*.qsnap").LastOrDefault();
        long logBytes = FileBytes(Path.Combine(dataFolder, "log"), "*.qlog").Sum();
        if (snapshotBytes < WorthwhileBytes)
        {
            return null;
        }

        // A key costs the more memory for a byte of the snapshot the shorter it is.
        long small = 2 * snapshotBytes;
        long large = logBytes + BesidesBytes;
        if (small + large > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2)
        {
            return null;
        }

        try
        {
            return GC.TryStartNoGCRegion(small + large, large) ? new LoadingMemory() : null;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or InvalidOperationException)
        {
            // More than this collector can set aside, or somebody in this process has set some aside already.
            return null;
        }
    }

    /// <summary>Lets the collector work again, and tells it that what was loaded is there to stay.</summary>
    public void Dispose()
    {
        // It has ended by itself if more was loaded than was foreseen.
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
        {
            GC.EndNoGCRegion();
        }

        // Once for each younger generation: what was loaded is among the oldest before the first client waits for a pause.
        GC.Collect(generation: 0);
        GC.Collect(generation: 1);
    }

    /// <summary>The lengths of files, in order of their names, which is the order of what they hold.</summary>
    private static IEnumerable<long> FileBytes(string folder, string pattern) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).GetFiles(pattern).OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => file.Length)
        : [];
}
