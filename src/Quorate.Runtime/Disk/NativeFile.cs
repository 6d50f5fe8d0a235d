using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Quorate.Runtime;

/// <summary>The few calls of libc that .NET has no equal for. Only on Linux and macOS.</summary>
internal static partial class NativeFile
{
    private const int Interrupted = 4; // EINTR, the same number on both systems
    private const int ReadOnly = 0; // O_RDONLY
    private const int WriteOnly = 1; // O_WRONLY
    private const int LockExclusive = 2; // LOCK_EX
    private const int LockNonBlocking = 4; // LOCK_NB

    public static bool IsSupported { get; } = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <summary>EWOULDBLOCK: the answer of a lock that is held.</summary>
    public static int WouldBlock { get; } = OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>EINVAL: the answer of a file system that always caches, and to a direct write that is not aligned enough.</summary>
    public const int Invalid = 22;

    /// <summary>ENOSPC, the same number on both systems.</summary>
    public const int NoSpace = 28;

    /// <summary>EDQUOT.</summary>
    public static int QuotaExceeded { get; } = OperatingSystem.IsMacOS() ? 69 : 122;

    /// <summary>O_DIRECT, which has another number on each kind of processor; 0 where this is not known.</summary>
    private static int Direct { get; } = OperatingSystem.IsLinux()
        ? RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 or Architecture.X86 or Architecture.S390x or Architecture.LoongArch64 or Architecture.RiscV64 => 0x4000,
            Architecture.Arm64 or Architecture.Arm or Architecture.Armv6 => 0x10000,
            Architecture.Ppc64le => 0x20000,
            _ => 0,
        }
        : 0;

    private static int CloseOnExec { get; } = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>
    /// Flushes data, and of the metadata only what is needed to read the data back (the length, not the times).
    /// Linux only: elsewhere it is missing or promises less.
    /// </summary>
    public static void FlushData(SafeFileHandle file)
    {
        while (FDataSync(file) != 0)
        {
            ThrowUnlessInterrupted();
        }
    }

    /// <summary>Opens an existing file for writes that go past the system's cache; null where there is no way.</summary>
    public static SafeFileHandle? TryOpenDirect(string path)
    {
        if (Direct == 0)
        {
            return null;
        }

        int descriptor;
        while ((descriptor = OpenPath(path, WriteOnly | Direct | CloseOnExec)) < 0)
        {
            if (Marshal.GetLastPInvokeError() == Invalid)
            {
                return null;
            }

            ThrowUnlessInterrupted();
        }

        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Flushes the entries of a folder.</summary>
    public static void FlushFolder(string path)
    {
        int descriptor;
        while ((descriptor = OpenPath(path, ReadOnly | CloseOnExec)) < 0)
        {
            ThrowUnlessInterrupted();
        }

        using var folder = new SafeFileHandle(descriptor, ownsHandle: true);
        while (FSync(folder) != 0)
        {
            ThrowUnlessInterrupted();
        }
    }

    /// <summary>Takes the lock of an open file without waiting; false when another open of the file holds it.</summary>
    public static bool TryLock(SafeFileHandle file)
    {
        while (FLock(file, LockExclusive | LockNonBlocking) != 0)
        {
            if (Marshal.GetLastPInvokeError() == WouldBlock)
            {
                return false;
            }

            ThrowUnlessInterrupted();
        }

        return true;
    }

    private static void ThrowUnlessInterrupted()
    {
        int error = Marshal.GetLastPInvokeError();
        if (error != Interrupted)
        {
            throw new IOException(new Win32Exception(error).Message, error);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenPath(string path, int flags);
}
