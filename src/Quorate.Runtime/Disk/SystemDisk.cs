using Microsoft.Win32.SafeHandles;
using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>
/// A data folder in the operating system's file system. Every failure is an <see cref="IOException"/> that names the
/// file and what was attempted; a path that would leave the folder is refused as a programming error.
/// </summary>
public sealed class SystemDisk : IDisk
{
    private readonly string _root;
    private readonly Action<string, TimeSpan>? _flushed;

    /// <summary>Opens a data folder, creating it where it is missing, readable by its owner only.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="flushed">Hears of every flush of a file: its path as it was opened by, and how long it took.</param>
    public SystemDisk(string folder, Action<string, TimeSpan>? flushed = null)
    {
        _flushed = flushed;
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _root = System.IO.Path.GetFullPath(folder);
        try
        {
            CreateRoot();
        }
        catch (Exception exception) when (DiskError.IsFileSystemError(exception))
        {
            throw DiskError.DescribeUnusable("create the folder", _root, _root, exception);
        }
    }

    /// <summary>The folder, absolute.</summary>
    public string Folder => _root;

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string folder)
    {
        string path = Resolve(folder, mayBeRoot: true);
        return Guard("list", path, () =>
        {
            if (!Directory.Exists(path))
            {
                return [];
            }

            string[] names = [.. Directory.EnumerateFiles(path).Select(file => System.IO.Path.GetFileName(file))];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        });
    }

    /// <inheritdoc/>
    public bool FileExists(string path) => File.Exists(Resolve(path));

    /// <inheritdoc/>
    public void CreateFolder(string folder)
    {
        string path = Resolve(folder, mayBeRoot: true);
        Guard("create the folder", path, () => Directory.CreateDirectory(path));
    }

    /// <inheritdoc/>
    public IDiskFile Open(string path, DiskFileMode mode)
    {
        string full = Resolve(path);
        (FileMode fileMode, FileAccess access, string operation) = mode switch
        {
            DiskFileMode.Read => (FileMode.Open, FileAccess.Read, "open"),
            DiskFileMode.ReadWrite or DiskFileMode.Overwrite => (FileMode.Open, FileAccess.ReadWrite, "open"),
            DiskFileMode.CreateNew => (FileMode.CreateNew, FileAccess.ReadWrite, "create"),
            DiskFileMode.Create => (FileMode.Create, FileAccess.ReadWrite, "create"),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
        };

        Action<TimeSpan>? flushedThis = _flushed is { } flushed ? duration => flushed(path, duration) : null;
        return Guard(operation, full, () =>
        {
            SafeFileHandle handle = OpenHandle(full, fileMode, access);
            try
            {
                return new SystemFile(full, handle, mode == DiskFileMode.Overwrite ? NativeFile.TryOpenDirect(full) : null, flushedThis);
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        });
    }

    /// <inheritdoc/>
    public void Rename(string path, string newPath)
    {
        string from = Resolve(path);
        string to = Resolve(newPath);
        Guard($"rename to '{to}' the file", from, () => File.Move(from, to, overwrite: true));
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        string full = Resolve(path);
        Guard("delete", full, () =>
        {
            if (File.Exists(full))
            {
                File.Delete(full);
            }
        });
    }

    /// <inheritdoc/>
    /// <remarks>
    /// On Windows this does nothing: it cannot flush a folder, and NTFS writes creations and renames ahead to its own
    /// journal, in order, so that a file flushed after its rename carries the rename with it.
    /// </remarks>
    public void FlushFolder(string folder)
    {
        string path = Resolve(folder, mayBeRoot: true);
        if (NativeFile.IsSupported)
        {
            Guard("flush the folder", path, () => NativeFile.FlushFolder(path));
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The lock belongs to the open file, so the operating system gives it back when the process dies, and a second
    /// member in this process is refused like one in another. The lock file stays: deleting it would let two
    /// processes hold locks on two files of one name.
    /// </remarks>
    public IDisposable Lock(string path)
    {
        string full = Resolve(path);
        SafeFileHandle handle = OpenExclusively(full);
        return Guard("lock", full, () =>
        {
            if (NativeFile.IsSupported && !NativeFile.TryLock(handle))
            {
                handle.Dispose();
                throw new DiskLockedException(full);
            }

            return handle;
        });
    }

    private void CreateRoot()
    {
        if (Directory.Exists(_root))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_root);
            return;
        }

        Directory.CreateDirectory(_root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // The name of the folder must survive as surely as what is in it. Parents above it that were created
        // along are flushed too.
        for (string? parent = System.IO.Path.GetDirectoryName(_root); parent is not null; parent = System.IO.Path.GetDirectoryName(parent))
        {
            if (!TryFlushParent(parent))
            {
                break;
            }
        }
    }

    /// <remarks>
    /// .NET takes the lock on Unix too, unless an environment variable tells it not to; hence the second attempt above,
    /// which changes nothing where the lock is held already.
    /// </remarks>
    private static SafeFileHandle OpenExclusively(string full)
    {
        const int SharingViolation = unchecked((int)0x80070020);
        try
        {
            return File.OpenHandle(full, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception.HResult == SharingViolation || exception.HResult == NativeFile.WouldBlock)
        {
            throw new DiskLockedException(full, exception);
        }
        catch (Exception exception) when (DiskError.IsFileSystemError(exception))
        {
            // The first file that is written in a folder, and so where one is noticed that cannot be used.
            throw DiskError.DescribeUnusable("lock", full, System.IO.Path.GetDirectoryName(full)!, exception);
        }
    }

    private static SafeFileHandle OpenHandle(string full, FileMode mode, FileAccess access) =>
        File.OpenHandle(full, mode, access, FileShare.ReadWrite | FileShare.Delete, FileOptions.None);

    /// <summary>A parent that may not be read (a home folder of another user) was not created by us either.</summary>
    private static bool TryFlushParent(string parent)
    {
        if (!NativeFile.IsSupported)
        {
            return false;
        }

        try
        {
            NativeFile.FlushFolder(parent);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Guard(string operation, string path, Action action) =>
        Guard(operation, path, () =>
        {
            action();
            return 0;
        });

    private static T Guard<T>(string operation, string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (DiskLockedException)
        {
            throw;
        }
        catch (Exception exception) when (DiskError.IsFileSystemError(exception))
        {
            throw DiskError.Describe(operation, path, exception);
        }
    }

    private string Resolve(string path, bool mayBeRoot = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0 && mayBeRoot)
        {
            return _root;
        }

        foreach (string part in path.Split('/'))
        {
            if (part.Length == 0 || part is "." or ".." || part.AsSpan().IndexOfAny('\\', ':', '\0') >= 0)
            {
                throw new ArgumentException($"'{path}' is not a path inside the data folder", nameof(path));
            }
        }

        return System.IO.Path.Combine(_root, path);
    }
}
