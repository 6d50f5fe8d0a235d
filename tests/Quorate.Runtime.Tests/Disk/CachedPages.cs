using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Quorate.Runtime.Tests.Disk;

/// <summary>How much of a file the operating system has in its cache. Linux only.</summary>
internal static partial class CachedPages
{
    private const int ProtectionRead = 1; // PROT_READ
    private const int MapShared = 1; // MAP_SHARED
    private const byte Resident = 1;
    private static readonly nint s_failed = -1; // MAP_FAILED

    /// <summary>Pages of the first bytes of a file that are in the cache. Looking does not read them into it.</summary>
    public static int Count(string path, int length)
    {
        using FileStream file = File.OpenRead(path);
        nint address = Map(0, length, ProtectionRead, MapShared, (int)file.SafeFileHandle.DangerousGetHandle(), 0);
        if (address == s_failed)
        {
            throw new Win32Exception();
        }

        try
        {
            byte[] pages = new byte[(length + Environment.SystemPageSize - 1) / Environment.SystemPageSize];
            return InCore(address, length, pages) == 0 ? pages.Count(static page => (page & Resident) != 0) : throw new Win32Exception();
        }
        finally
        {
            _ = Unmap(address, length);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Map(nint address, nint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "mincore", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int InCore(nint address, nint length, byte[] pages);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(nint address, nint length);
}
