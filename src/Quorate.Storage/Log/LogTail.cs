using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// The end of the log at a start: the first place in the active segment that holds no good block. Either it is proved to be
/// damage, or it is made ready to be written to.
/// </summary>
/// <param name="file">The active segment.</param>
/// <param name="segment">Its header.</param>
/// <param name="end">The place.</param>
/// <param name="lastBlockOffset">Where the block before it begins; zero where the segment has none.</param>
/// <param name="number">The number of the block that will stand there.</param>
internal sealed class LogTail(IDiskFile file, SegmentHeader segment, long end, long lastBlockOffset, ulong number)
{
    private const int ScanBytes = 1 << 20;

    /// <summary>
    /// Looks at every place behind the end where a block could begin. A header alone is proof enough: its write began
    /// only after the block before it was flushed.
    /// </summary>
    public void RequireNothingLater()
    {
        byte[] piece = new byte[(int)Math.Min(ScanBytes, Math.Max(segment.Length - end, 0))];
        for (long start = end; start < segment.Length; start += piece.Length)
        {
            int count = FileSteps.Read(file, start, piece);
            for (int at = 0; at + BlockHeader.Size <= count; at += LogFormat.SectorSize)
            {
                bool isNext = start + at == end;
                if (BlockHeader.TryRead(segment, piece.AsSpan(at, count - at), out BlockHeader header, out _)
                    && (isNext ? header.Number > number : header.Number >= number))
                {
                    throw new LogDamagedException(
                        file.Path, end, $"block {number} should be here and is not readable, though block {header.Number} is at offset {start + at}");
                }
            }
        }
    }

    /// <summary>
    /// Makes the end of the log clean and all before it durable. The block that was torn could otherwise be taken for
    /// whole one day, should its missing sectors be readable again; and a block that a killed process had written but
    /// not flushed would be relied upon although a power cut can still take it.
    /// </summary>
    /// <remarks>
    /// A segment without a block was begun only after the last block before it was flushed: then there is only its own header
    /// to write once more.
    /// </remarks>
    public void Cut(List<string> notes)
    {
        ClearTornBlock(notes);
        Rewrite(0, LogFormat.SectorSize);
        if (lastBlockOffset > 0
#if QUORATE_MUTANTS
            && !Raft.Mutants.Is(Raft.Mutant.RecoveryTrustsUnflushed)
#endif
        )
        {
            Rewrite(lastBlockOffset, end);
        }

        FileSteps.Flush(file);
    }

    private void ClearTornBlock(List<string> notes)
    {
        if (end >= segment.Length)
        {
            return;
        }

        byte[] sector = new byte[LogFormat.SectorSize];
        FileSteps.Read(file, end, sector);
        if (BlockHeader.TryRead(segment, sector, out BlockHeader header, out _) && header.Number == number)
        {
            notes.Add($"the last write to the log had not ended: block {number} in '{file.Path}' at offset {end} was cut off");
        }

        if (sector.AsSpan().ContainsAnyExcept((byte)0))
        {
            Array.Clear(sector);
            FileSteps.Write(file, end, sector);
        }
    }

    /// <summary>
    /// Writes bytes once more, as they are: those whose flush may have failed in an earlier life, which are the
    /// segment's header and its last block. They can still be read, but count as clean, and no later flush would bring
    /// them to the disk (spec S4).
    /// </summary>
    private void Rewrite(long from, long to)
    {
        byte[] bytes = new byte[to - from];
        int count = FileSteps.Read(file, from, bytes);
        FileSteps.Write(file, from, bytes.AsSpan(0, count));
    }
}
