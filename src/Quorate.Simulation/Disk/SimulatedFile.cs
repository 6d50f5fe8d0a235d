using Quorate.Io;

namespace Quorate.Simulation.Disk;

/// <summary>An open file of a <see cref="SimulatedDisk"/>. Unusable once the process that opened it has ended.</summary>
internal sealed class SimulatedFile(SimulatedDisk disk, string path, SimulatedFileContent content, int generation, DiskFileMode mode) : IDiskFile
{
    private bool _closed;

    public string Path => path;

    public long Length => content.Length;

    public SimulatedFileContent Content => content;

    public int Generation => generation;

    public int Read(long offset, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return disk.Read(this, offset, destination);
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        RequireWritable();
        const int Sector = SimulatedFileContent.SectorSize;
        if (mode == DiskFileMode.Overwrite && (offset % Sector != 0 || source.Length % Sector != 0))
        {
            throw new IOException($"a write of {source.Length} bytes at offset {offset} of '{path}' is not of whole sectors");
        }

        disk.Write(this, offset, source);
    }

    public void Flush()
    {
        RequireWritable();
        disk.Flush(this);
    }

    public void SetLength(long length)
    {
        RequireWritable();
        disk.SetLength(this, length);
    }

    public void Dispose() => _closed = true;

    private void RequireWritable()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (mode == DiskFileMode.Read)
        {
            throw new IOException($"'{path}' was opened for reading only");
        }
    }
}
