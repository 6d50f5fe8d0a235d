using System.Diagnostics;

namespace Quorate.Bench.Engine;

/// <summary>What the disk does without us: append four KiB to a file that was written ahead, flush the data, repeat.</summary>
internal sealed class RawDisk : IDisposable
{
    private const long FileBytes = 64 << 20;

    private readonly string _path;
    private readonly Runtime.SystemDisk _disk;
    private readonly Io.IDiskFile _file;
    private readonly byte[] _block;
    private long _offset;

    public RawDisk(string folder, string name, int blockBytes)
    {
        _block = new byte[blockBytes];
        Random.Shared.NextBytes(_block);
        _path = name;
        _disk = new Runtime.SystemDisk(folder);
        _file = _disk.Open(name, Io.DiskFileMode.Create);
        byte[] zeros = new byte[1 << 20];
        for (long offset = 0; offset < FileBytes; offset += zeros.Length)
        {
            _file.Write(offset, zeros);
        }

        _file.Flush();
    }

    /// <summary>Flushes for that long, one after the other.</summary>
    public void Run(TimeSpan duration, LatencyCounts latencies)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            if (_offset + _block.Length > FileBytes)
            {
                _offset = 0;
            }

            long began = Stopwatch.GetTimestamp();
            _file.Write(_offset, _block);
            _file.Flush();
            _offset += _block.Length;
            latencies.Add(Stopwatch.GetElapsedTime(began));
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _disk.Delete(_path);
    }
}
