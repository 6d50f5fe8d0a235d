using Quorate.Runtime;

namespace Quorate.Server.Import;

/// <summary>
/// A file that comes into being whole or not at all: it is written aside, as <c>FILE.partial</c>, flushed, and renamed.
/// What is not completed is deleted; a killed process leaves the partial file, which nobody takes for the whole one.
/// What is no regular file (a device, a pipe) is written as it is.
/// </summary>
public sealed class AsideFile : IAsyncDisposable
{
    private readonly FileStream _stream;
    private readonly string? _path;

    private AsideFile(FileStream stream, string? path)
    {
        _stream = stream;
        _path = path;
    }

    /// <summary>Where the content goes.</summary>
    public Stream Stream => _stream;

    /// <summary>The file in which a file is written until it is whole.</summary>
    public static string PathAsideOf(string path) => path + ".partial";

    /// <summary>Begins a file. One that stands there keeps its content until the new one is complete.</summary>
    /// <exception cref="IOException">It cannot be written, or is being written by another process.</exception>
    public static AsideFile Create(string path)
    {
        if (OpenSpecial(path) is { } special)
        {
            return new AsideFile(special, null);
        }

        // Through a symbolic link the file is meant to which it leads, not the link.
        var link = new FileInfo(path);
        string target = link.LinkTarget is null ? link.FullName : link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        if (Directory.Exists(target))
        {
            throw new IOException($"'{path}' is a folder, not a file");
        }

        return new AsideFile(OpenAside(path, target), target);
    }

    /// <summary>Makes the content durable and puts the file in its place.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await _stream.FlushAsync(cancellationToken);
        if (_path is null)
        {
            return;
        }

        _stream.Flush(flushToDisk: true);
        await _stream.DisposeAsync();
        File.Move(PathAsideOf(_path), _path, overwrite: true);
        new SystemDisk(Path.GetDirectoryName(_path)!).FlushFolder("");
    }

    /// <summary>Gives up what is not complete.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_path is not null && _stream.CanWrite)
        {
            // Deleted while it is still ours: once it is closed, another process may be writing it.
            File.Delete(PathAsideOf(_path));
        }

        await _stream.DisposeAsync();
    }

    /// <summary>What goes wrong is told of the file that was asked for: of the one aside its writer knows nothing.</summary>
    private static FileStream OpenAside(string path, string target)
    {
        try
        {
            return new FileStream(PathAsideOf(target), FileMode.Create, FileAccess.Write, FileShare.None);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new IOException($"'{path}' cannot be written: there is no folder '{Path.GetDirectoryName(target)}'", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"'{path}' cannot be written: this user may not make files in '{Path.GetDirectoryName(target)}'", e);
        }
    }

    private static FileStream? OpenSpecial(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        if (!stream.CanSeek || Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal))
        {
            return stream;
        }

        stream.Dispose();
        return null;
    }
}
