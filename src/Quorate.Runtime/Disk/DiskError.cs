namespace Quorate.Runtime;

/// <summary>Gives every failure of the file system one shape: an <see cref="IOException"/> that names file and operation.</summary>
internal static class DiskError
{
    /// <remarks>A file beyond the largest size that the system allows (EFBIG) is told as an argument out of range.</remarks>
    public static bool IsFileSystemError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ObjectDisposedException or ArgumentOutOfRangeException;

    public static IOException Describe(string operation, string path, Exception cause) =>
        new($"cannot {operation} '{path}': {cause.Message}", cause) { HResult = cause.HResult };
}
