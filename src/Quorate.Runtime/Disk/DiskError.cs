using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>Gives every failure of the file system one shape: an <see cref="IOException"/> that names file and operation.</summary>
internal static class DiskError
{
    /// <remarks>A file beyond the largest size that the system allows (EFBIG) is told as an argument out of range.</remarks>
    public static bool IsFileSystemError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ObjectDisposedException or ArgumentOutOfRangeException;

    public static IOException Describe(string operation, string path, Exception cause)
    {
        if (IsDiskFull(cause))
        {
            // .NET's text would name the path once more.
            return new DiskFullException($"cannot {operation} '{path}': there is no room left on the disk, or no quota", cause);
        }

        return new IOException($"cannot {operation} '{path}': {cause.Message}", cause) { HResult = cause.HResult };
    }

    private static bool IsDiskFull(Exception cause) =>
        cause is IOException && (OperatingSystem.IsWindows()
            ? cause.HResult is unchecked((int)0x80070070) or unchecked((int)0x80070027) // ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL
            : cause.HResult == NativeFile.NoSpace || cause.HResult == NativeFile.QuotaExceeded);
}
