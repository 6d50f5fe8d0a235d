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

    /// <summary>
    /// That a data folder cannot be made, or nothing in it, which is for people to mend: says what is in the way and what would
    /// work. .NET says of a file system that takes no files, as of a path that leads through a file, that they were not found.
    /// </summary>
    public static IOException DescribeUnusable(string operation, string path, string folder, Exception cause)
    {
        if (IsDiskFull(cause))
        {
            return Describe(operation, path, cause);
        }

        if (path != folder && Directory.Exists(path))
        {
            return new IOException($"cannot {operation} '{path}': it is a folder, where a file is to be; move it away", cause) { HResult = cause.HResult };
        }

        string place = folder;
        while (!System.IO.Path.Exists(place) && System.IO.Path.GetDirectoryName(place) is { } parent)
        {
            place = parent;
        }

        string reason = cause switch
        {
            _ when File.Exists(place) => $"'{place}' is a file",
            UnauthorizedAccessException => $"this user may not write in '{place}'",
            FileNotFoundException or DirectoryNotFoundException => $"nothing can be made in '{place}'",
            _ => cause.Message,
        };
        return new IOException($"cannot {operation} '{path}': {reason}; name a folder in which this user may write, or one that can be made", cause)
        {
            HResult = cause.HResult,
        };
    }

    private static bool IsDiskFull(Exception cause) =>
        cause is IOException && (OperatingSystem.IsWindows()
            ? cause.HResult is unchecked((int)0x80070070) or unchecked((int)0x80070027) // ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL
            : cause.HResult == NativeFile.NoSpace || cause.HResult == NativeFile.QuotaExceeded);
}
