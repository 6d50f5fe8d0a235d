using Quorate.Raft;

namespace Quorate.Simulation.Disk;

/// <summary>
/// The bytes of one file (what a file system calls an inode), twice: as the running program sees them, and as they are
/// on the platter. A flush copies the dirty sectors from the first to the second; a crash decides about each of them alone.
/// </summary>
internal sealed class SimulatedFileContent
{
    public const int SectorSize = 512;

    private byte[] _seen = [];
    private byte[] _durable = [];
    private bool[] _dirty = [];

    /// <summary>Every dirty sector is in here; the others in between may be clean.</summary>
    private int _firstDirty = int.MaxValue;
    private int _lastDirty = -1;
    private int _dirtySectors;
    private long _durableLength;

    public long Length { get; private set; }

    /// <summary>Bytes in sectors that a crash could take away.</summary>
    public long DirtyBytes => (long)_dirtySectors * SectorSize;

    public int Read(long offset, Span<byte> destination)
    {
        int count = (int)Math.Clamp(Length - offset, 0, destination.Length);
        _seen.AsSpan((int)Math.Min(offset, Length), count).CopyTo(destination);
        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            return;
        }

        Reserve(offset + source.Length);
        source.CopyTo(_seen.AsSpan((int)offset));
        Length = Math.Max(Length, offset + source.Length);
        MarkDirty(offset, source.Length);
    }

    public void SetLength(long length)
    {
        Reserve(length);
        if (length < Length)
        {
            _seen.AsSpan((int)length, (int)(Length - length)).Clear();
            MarkDirty(length, Length - length);
        }

        Length = length;
    }

    public void Flush()
    {
        for (int sector = _firstDirty; sector <= _lastDirty; sector++)
        {
            if (_dirty[sector])
            {
                Sector(_seen, sector).CopyTo(Sector(_durable, sector));
            }
        }

        MarkClean();
        _durableLength = Length;
    }

    /// <summary>
    /// The flush has failed. As on Linux, the pages are clean afterwards although they were never written: a later
    /// flush succeeds and saves nothing.
    /// </summary>
    public void FailFlush() => MarkClean();

    /// <summary>Power is lost: every dirty sector is kept, lost or torn, and so is the length.</summary>
    public CrashLosses Crash(SeededRandom random)
    {
        int kept = 0;
        int lost = 0;
        int torn = 0;
        long length = _durableLength;
        if (Length != _durableLength && random.Next(2) == 0)
        {
            length = Length;
        }

        for (int sector = _firstDirty; sector <= _lastDirty; sector++)
        {
            if (!_dirty[sector])
            {
                continue;
            }

            switch (random.Next(3))
            {
                case 0:
                    kept++;
                    Sector(_seen, sector).CopyTo(Sector(_durable, sector));
                    break;
                case 1:
                    lost++;
                    break;
                default:
                    torn++;
                    int cut = random.Next(1, SectorSize);
                    bool head = random.Next(2) == 0;
                    Range part = head ? ..cut : cut..;
                    Sector(_seen, sector)[part].CopyTo(Sector(_durable, sector)[part]);
                    break;
            }
        }

        // What lies beyond the end that survived is gone for good: a file that grows again grows with zeros.
        if (length < _durable.Length)
        {
            _durable.AsSpan((int)length).Clear();
        }

        MarkClean();
        Length = _durableLength = length;
        _durable.AsSpan().CopyTo(_seen);
        return new CrashLosses(kept, lost, torn, 0, 0);
    }

    /// <summary>Flips one bit where no flush or crash will repair it.</summary>
    public void FlipBit(long offset, int bit)
    {
        _seen[offset] ^= (byte)(1 << bit);
        _durable[offset] ^= (byte)(1 << bit);
    }

    public byte[] ToArray() => _seen.AsSpan(0, (int)Length).ToArray();

    /// <summary>A copy that shares nothing, with the same bytes still unflushed.</summary>
    public SimulatedFileContent Clone() => new()
    {
        _seen = (byte[])_seen.Clone(),
        _durable = (byte[])_durable.Clone(),
        _dirty = (bool[])_dirty.Clone(),
        _firstDirty = _firstDirty,
        _lastDirty = _lastDirty,
        _dirtySectors = _dirtySectors,
        _durableLength = _durableLength,
        Length = Length,
    };

    private static Span<byte> Sector(byte[] bytes, int sector) => bytes.AsSpan(sector * SectorSize, SectorSize);

    private void MarkDirty(long offset, long count)
    {
        int first = (int)(offset / SectorSize);
        int last = (int)((offset + count - 1) / SectorSize);
        _firstDirty = Math.Min(_firstDirty, first);
        _lastDirty = Math.Max(_lastDirty, last);
        for (int sector = first; sector <= last; sector++)
        {
            _dirtySectors += _dirty[sector] ? 0 : 1;
            _dirty[sector] = true;
        }
    }

    private void MarkClean()
    {
        if (_dirtySectors > 0)
        {
            Array.Clear(_dirty, _firstDirty, _lastDirty - _firstDirty + 1);
        }

        _firstDirty = int.MaxValue;
        _lastDirty = -1;
        _dirtySectors = 0;
    }

    private void Reserve(long length)
    {
        if (length <= _seen.Length)
        {
            return;
        }

        int sectors = (int)((Math.Max(length, Math.Min(_seen.Length * 2L, _seen.Length + (1L << 20))) + SectorSize - 1) / SectorSize);
        Array.Resize(ref _seen, sectors * SectorSize);
        Array.Resize(ref _durable, sectors * SectorSize);
        Array.Resize(ref _dirty, sectors);
    }
}
