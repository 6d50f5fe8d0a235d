using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Simulation.Disk;

/// <summary>
/// A disk that keeps only what was flushed. Bytes are tracked in sectors, names in operations on their folder;
/// <see cref="Crash"/> decides about each of those that no flush covers. Faults are injected through
/// <see cref="Fault"/>, <see cref="CrashAfterOperations"/> and <see cref="CapacityBytesMax"/>.
/// </summary>
/// <remarks>
/// Kinder than the worst disk in one thing: a rename is a single operation, kept or lost as a whole. Harsher than most
/// in another: operations on one folder survive or not independently of their order.
/// For one thread; a lane of the simulated world runs on the thread of its replica.
/// </remarks>
public sealed class SimulatedDisk : IDisk
{
    private readonly SortedDictionary<string, SimulatedFileContent> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimulatedFileContent> _durableNames = new(StringComparer.Ordinal);
    private readonly List<NameChange> _changes = [];
    private readonly SortedSet<string> _locks = new(StringComparer.Ordinal);
    private int _generation;
    private bool _isDown;

    /// <summary>The unit that is kept, lost or torn, in bytes.</summary>
    public const int SectorSize = SimulatedFileContent.SectorSize;

    /// <summary>Asked before every operation; an exception it returns is thrown instead of carrying the operation out.</summary>
    public Func<DiskOperation, string, Exception?>? Fault { get; set; }

    /// <summary>
    /// After so many more changing operations the next of them throws <see cref="SimulatedCrashException"/>, and so does
    /// everything until <see cref="Crash"/>. A write or flush that is cut off so may still be partly carried out.
    /// </summary>
    public long? CrashAfterOperations { get; set; }

    internal IDiskWatcher? Watcher { get; set; }

    /// <summary>What all files together may hold; a write beyond fails.</summary>
    public long CapacityBytesMax { get; set; } = long.MaxValue;

    /// <summary>Bytes of all files together.</summary>
    public long UsedBytes => _names.Values.Sum(content => content.Length);

    /// <summary>Changing operations so far: everything but opening and reading.</summary>
    public long ChangeCount { get; private set; }

    /// <summary>Flushes of files so far.</summary>
    public long FlushCount { get; private set; }

    /// <summary>Flushes of folders so far.</summary>
    public long FolderFlushCount { get; private set; }

    /// <summary>Writes so far.</summary>
    public long WriteCount { get; private set; }

    /// <summary>Bytes written so far.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>Operations that were made to fail so far.</summary>
    public long FailureCount { get; private set; }

    /// <summary>Sectors that losses of power have torn so far.</summary>
    public long SectorsTorn { get; private set; }

    /// <summary>Whether anything would be lost if the power went now.</summary>
    public bool HasUnflushed
    {
        get
        {
            if (_changes.Count > 0)
            {
                return true;
            }

            foreach ((_, SimulatedFileContent content) in _names)
            {
                if (content.DirtyBytes > 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Paths of all files, in ordinal order.</summary>
    public IReadOnlyList<string> Paths => [.. _names.Keys];

    /// <summary>An error such as a failing device gives.</summary>
    public static IOException DeviceError(DiskOperation operation, string path) =>
        new($"simulated input/output error: {operation} of '{path}'");

    /// <summary>Lets the next operation of that kind on a path that begins so fail, once.</summary>
    public void FailNext(DiskOperation operation, string pathPrefix = "")
    {
        bool done = false;
        Fault = (actual, path) =>
        {
            if (done || actual != operation || !path.StartsWith(pathPrefix, StringComparison.Ordinal))
            {
                return null;
            }

            done = true;
            return DeviceError(actual, path);
        };
    }

    /// <summary>
    /// Power is lost and comes back: what was not flushed is kept, lost or torn. Open files and locks are gone, faults
    /// are over.
    /// </summary>
    public void Crash(SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        CrashLosses losses = default;
        foreach (NameChange change in _changes)
        {
            bool isKept = random.Next(2) == 0;
            losses += new CrashLosses(0, 0, 0, isKept ? 1 : 0, isKept ? 0 : 1);
            if (isKept)
            {
                change.ApplyTo(_durableNames);
            }
        }

        _changes.Clear();
        _names.Clear();
        List<SimulatedFileContent> crashed = [];
        foreach ((string path, SimulatedFileContent content) in _durableNames)
        {
            if (!crashed.Contains(content))
            {
                crashed.Add(content);
                losses += content.Crash(random);
            }

            _names.Add(path, content);
        }

        EndProcess();
        SectorsTorn += losses.SectorsTorn;
        Watcher?.Crashed(losses);
    }

    /// <summary>The disk is lost and another, empty one stands in its place.</summary>
    public void Replace()
    {
        _changes.Clear();
        _names.Clear();
        _durableNames.Clear();
        EndProcess();
    }

    /// <summary>The process ends, the machine runs on: nothing is lost, but nothing more is flushed either.</summary>
    public void EndProcess()
    {
        _locks.Clear();
        _generation++;
        Fault = null;
        CrashAfterOperations = null;
        _isDown = false;
    }

    /// <summary>Flips one bit of a file for good.</summary>
    public void FlipBit(string path, long offset, int bit) => Content(path).FlipBit(offset, bit);

    /// <summary>Bytes of a file.</summary>
    public long LengthOf(string path) => Content(path).Length;

    /// <summary>The bytes of a file, as a program would read them.</summary>
    public byte[] ReadAll(string path) => Content(path).ToArray();

    /// <summary>A second disk with the same files, names, and unflushed changes; nothing open, no lock held.</summary>
    public SimulatedDisk Clone()
    {
        SimulatedDisk clone = new();
        List<(SimulatedFileContent From, SimulatedFileContent To)> copies = [];
        SimulatedFileContent Copy(SimulatedFileContent content)
        {
            foreach ((SimulatedFileContent from, SimulatedFileContent to) in copies)
            {
                if (ReferenceEquals(from, content))
                {
                    return to;
                }
            }

            SimulatedFileContent copy = content.Clone();
            copies.Add((content, copy));
            return copy;
        }

        foreach ((string path, SimulatedFileContent content) in _names)
        {
            clone._names.Add(path, Copy(content));
        }

        foreach ((string path, SimulatedFileContent content) in _durableNames)
        {
            clone._durableNames.Add(path, Copy(content));
        }

        foreach (NameChange change in _changes)
        {
            clone._changes.Add(change with { Content = change.Content is null ? null : Copy(change.Content) });
        }

        return clone;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return [.. _names.Keys.Where(path => FolderOf(path) == folder).Select(path => path[(folder.Length == 0 ? 0 : folder.Length + 1)..])];
    }

    /// <inheritdoc/>
    public bool FileExists(string path) => _names.ContainsKey(path);

    /// <inheritdoc/>
    /// <remarks>Folders are not modelled: each exists as soon as it is named.</remarks>
    public void CreateFolder(string folder)
    {
    }

    /// <inheritdoc/>
    public IDiskFile Open(string path, DiskFileMode mode)
    {
        bool exists = _names.TryGetValue(path, out SimulatedFileContent? content);
        if (mode is DiskFileMode.Read or DiskFileMode.ReadWrite or DiskFileMode.Overwrite)
        {
            Begin(DiskOperation.Open, path, _generation);
            return exists
                ? new SimulatedFile(this, path, content!, _generation, mode)
                : throw new FileNotFoundException($"there is no file '{path}'", path);
        }

        if (exists && mode == DiskFileMode.CreateNew)
        {
            throw new IOException($"the file '{path}' exists already");
        }

        Begin(DiskOperation.Create, path, _generation);
        if (exists)
        {
            content!.SetLength(0);
        }
        else
        {
            content = new SimulatedFileContent();
            Change(new NameChange(null, path, content));
        }

        return new SimulatedFile(this, path, content!, _generation, mode);
    }

    /// <inheritdoc/>
    public void Rename(string path, string newPath)
    {
        SimulatedFileContent content = Content(path);
        Begin(DiskOperation.Rename, path, _generation, carryOutThenCrash: () => Change(new NameChange(path, newPath, content)));
        Change(new NameChange(path, newPath, content));
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        if (!_names.ContainsKey(path))
        {
            return;
        }

        Begin(DiskOperation.Delete, path, _generation, carryOutThenCrash: () => Change(new NameChange(path, null, null)));
        Change(new NameChange(path, null, null));
    }

    /// <inheritdoc/>
    public void FlushFolder(string folder)
    {
        Begin(DiskOperation.FlushFolder, folder, _generation);
        FolderFlushCount++;
        foreach (NameChange change in _changes.Where(change => change.IsIn(folder)))
        {
            change.ApplyTo(_durableNames);
        }

        _changes.RemoveAll(change => change.IsIn(folder));
    }

    /// <inheritdoc/>
    public IDisposable Lock(string path) =>
        _locks.Add(path) ? new HeldLock(this, path, _generation) : throw new DiskLockedException(path);

    internal static string FolderOf(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : "";

    internal void Write(SimulatedFile file, long offset, ReadOnlySpan<byte> source)
    {
        long growth = Math.Max(0, offset + source.Length - file.Content.Length);
        if (CapacityBytesMax != long.MaxValue && UsedBytes + growth > CapacityBytesMax)
        {
            DiskFullException full = new($"no space left on the simulated disk: write of {source.Length} bytes to '{file.Path}'");
            FailureCount++;
            Watcher?.Failed(DiskOperation.Write, file.Path, full.Message);
            throw full;
        }

        if (IsCrashDue() && !_isDown)
        {
            // The bytes were on their way: the crash that follows keeps, loses or tears each sector of them.
            file.Content.Write(offset, source);
        }

        Begin(DiskOperation.Write, file.Path, file.Generation);
        WriteCount++;
        WrittenBytes += source.Length;
        file.Content.Write(offset, source);
    }

    internal void Flush(SimulatedFile file)
    {
        try
        {
            Begin(DiskOperation.Flush, file.Path, file.Generation);
        }
        catch (IOException)
        {
            file.Content.FailFlush();
            throw;
        }

        FlushCount++;
        Watcher?.Flushed(file.Path, file.Content.DirtyBytes);
        file.Content.Flush();
    }

    internal void SetLength(SimulatedFile file, long length)
    {
        Begin(DiskOperation.SetLength, file.Path, file.Generation);
        file.Content.SetLength(length);
    }

    internal int Read(SimulatedFile file, long offset, Span<byte> destination)
    {
        Begin(DiskOperation.Read, file.Path, file.Generation);
        return file.Content.Read(offset, destination);
    }

    private SimulatedFileContent Content(string path) =>
        _names.TryGetValue(path, out SimulatedFileContent? content) ? content : throw new FileNotFoundException($"there is no file '{path}'", path);

    private bool IsCrashDue() => CrashAfterOperations <= 0;

    private void Begin(DiskOperation operation, string path, int generation, Action? carryOutThenCrash = null)
    {
        if (generation != _generation)
        {
            throw new ObjectDisposedException(path, "the process that opened the file has ended");
        }

        bool isChange = operation is not (DiskOperation.Open or DiskOperation.Read);
        if (_isDown || (isChange && IsCrashDue()))
        {
            if (!_isDown)
            {
                carryOutThenCrash?.Invoke();
                _isDown = true;
            }

            throw new SimulatedCrashException(operation, path);
        }

        if (isChange)
        {
            ChangeCount++;
            CrashAfterOperations--;
        }

        if (Fault?.Invoke(operation, path) is { } fault)
        {
            FailureCount++;
            Watcher?.Failed(operation, path, fault.Message);
            throw fault;
        }
    }

    private void Change(NameChange change)
    {
        change.ApplyTo(_names);
        _changes.Add(change);
    }

    /// <summary>One operation on names: a creation (no old path), a rename, or a deletion (no new path).</summary>
    private sealed record NameChange(string? OldPath, string? NewPath, SimulatedFileContent? Content)
    {
        public bool IsIn(string folder) =>
            (OldPath is not null && FolderOf(OldPath) == folder) || (NewPath is not null && FolderOf(NewPath) == folder);

        public void ApplyTo(SortedDictionary<string, SimulatedFileContent> names)
        {
            if (OldPath is not null)
            {
                names.Remove(OldPath);
            }

            if (NewPath is not null)
            {
                names[NewPath] = Content!;
            }
        }
    }

    private sealed class HeldLock(SimulatedDisk disk, string path, int generation) : IDisposable
    {
        public void Dispose()
        {
            if (generation == disk._generation)
            {
                disk._locks.Remove(path);
            }
        }
    }
}
