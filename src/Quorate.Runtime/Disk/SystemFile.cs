using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>A file of the operating system, read and written by offset, without buffers of its own.</summary>
internal sealed class SystemFile : IDiskFile
{
    private const int Sector = 512;
    private const int MemoryAlignment = 4096;

    private readonly SafeFileHandle _handle;
    private readonly Action<TimeSpan>? _flushed;
    private SafeFileHandle? _direct;
    private bool _lengthWasSet;

    /// <param name="path">For messages.</param>
    /// <param name="handle">The file.</param>
    /// <param name="direct">The same file once more, for writes past the system's cache; null where there shall be none.</param>
    /// <param name="flushed">Hears how long each flush took.</param>
    public SystemFile(string path, SafeFileHandle handle, SafeFileHandle? direct, Action<TimeSpan>? flushed)
    {
        _flushed = flushed;
        Path = path;
        _handle = handle;
        _direct = direct;
    }

    public string Path { get; }

    public long Length
    {
        get
        {
            try
            {
                return RandomAccess.GetLength(_handle);
            }
            catch (Exception exception) when (DiskError.IsFileSystemError(exception))
            {
                throw DiskError.Describe("take the length of", Path, exception);
            }
        }
    }

    public int Read(long offset, Span<byte> destination)
    {
        try
        {
            // One call may give less than is there (a signal, a network file system); the contract may not.
            int total = 0;
            while (total < destination.Length)
            {
                int count = RandomAccess.Read(_handle, destination[total..], offset + total);
                if (count == 0)
                {
                    break;
                }

                total += count;
            }

            return total;
        }
        catch (Exception exception) when (DiskError.IsFileSystemError(exception))
        {
            throw DiskError.Describe("read", Path, exception);
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        try
        {
            if (_direct is null || !IsAligned(offset, source) || !TryWriteDirect(_direct, offset, source))
            {
                RandomAccess.Write(_handle, source, offset);
            }
        }
        catch (Exception exception) when (DiskError.IsFileSystemError(exception))
        {
            throw DiskError.Describe("write", Path, exception);
        }
    }

    /// <remarks>
    /// On Linux a flush of the data alone, which spares the journal a transaction where a preallocated file is
    /// overwritten. After an explicit change of the length everything is flushed once: that data-only flushes cover a
    /// file cut shorter has been a matter of file system and version.
    /// </remarks>
    public void Flush()
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            if (OperatingSystem.IsLinux() && !_lengthWasSet)
            {
                NativeFile.FlushData(_handle);
            }
            else
            {
                RandomAccess.FlushToDisk(_handle);
                _lengthWasSet = false;
            }
        }
        catch (Exception exception) when (DiskError.IsFileSystemError(exception))
        {
            throw DiskError.Describe("flush", Path, exception);
        }

        _flushed?.Invoke(Stopwatch.GetElapsedTime(start));
    }

    public void SetLength(long length)
    {
        try
        {
            _lengthWasSet = true;
            RandomAccess.SetLength(_handle, length);
        }
        catch (Exception exception) when (DiskError.IsFileSystemError(exception))
        {
            throw DiskError.Describe("set the length of", Path, exception);
        }
    }

    public void Dispose()
    {
        _direct?.Dispose();
        _handle.Dispose();
    }

    private static unsafe bool IsAligned(long offset, ReadOnlySpan<byte> source)
    {
        fixed (byte* start = source)
        {
            return offset % Sector == 0 && source.Length % Sector == 0 && (nint)start % MemoryAlignment == 0;
        }
    }

    /// <summary>
    /// A disk may ask for more than that: larger sectors. Then, and where a write ended early at an odd place, the whole of it goes
    /// the other way.
    /// </summary>
    private bool TryWriteDirect(SafeFileHandle direct, long offset, ReadOnlySpan<byte> source)
    {
        try
        {
            RandomAccess.Write(direct, source, offset);
            return true;
        }
        catch (IOException exception) when (exception.HResult == NativeFile.Invalid)
        {
            direct.Dispose();
            _direct = null;
            return false;
        }
    }
}
