using System.Runtime.InteropServices;

namespace Quorate.Server.Hosting;

/// <summary>
/// How many files and sockets this process may have open at once. Clients must not use them up: a segment, a snapshot or a folder
/// that then cannot be opened is a disk that fails, and stops the member for good.
/// </summary>
internal static partial class DescriptorLimit
{
    /// <summary>What is left to everything but clients: assemblies, log, snapshots, peers, the runtime's own.</summary>
    private const int Reserve = 250;

    /// <summary>
    /// The least with which a member is started: some 210 are open before anybody has connected, a quarter is for clients. With fewer
    /// it may come up and then find none left for a segment or a peer, and with 100 .NET does not even find its own assemblies.
    /// </summary>
    public const int Min = 300;

    /// <summary>Why a member is not to be started under a limit; null where it may be.</summary>
    public static string? Refusal(long? limit) => limit < Min
        ? $"this process may open no more than {limit} files and sockets, and a member needs {Min}; raise the hard limit "
            + $"(ulimit -n {Min}, or LimitNOFILE={Min} of a systemd unit), better to some thousands, so that there are enough for clients"
        : null;

    /// <summary>How many connections of clients fit below a limit; null: there is none that is known.</summary>
    public static int ConnectionsMax(long? limit) =>
        limit is { } known
            ? (int)Math.Clamp(Math.Max(known - Reserve, known / 4), 1, ServerLimits.ConnectionsMax)
            : ServerLimits.ConnectionsMax;

    /// <summary>The limit of this process, which .NET has raised as far as it may at its start; null where there is none, or none is known.</summary>
    public static long? Ask()
    {
        int resource = OperatingSystem.IsLinux() ? 7 : OperatingSystem.IsMacOS() ? 8 : 0; // RLIMIT_NOFILE
        return resource != 0 && Environment.Is64BitProcess && GetLimit(resource, out Limits limits) == 0 && limits.Soft < int.MaxValue
            ? (long)limits.Soft
            : null;
    }

    /// <summary>How many files and sockets this process has open; null where that cannot be found out.</summary>
    public static long? CountOpen()
    {
        try
        {
            // One of them is the folder that is read for this.
            return OperatingSystem.IsLinux() ? Directory.EnumerateFileSystemEntries("/proc/self/fd").LongCount() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limits limits);

    /// <summary>As it is where a word has 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public ulong Soft;
        public ulong Hard;
    }
}
