using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// Reads the log back at the start of a member (spec S3). Blocks are followed by number and chain from the first segment
/// to the first place that holds no good block. That place is the end of the log, with at most one torn block behind it,
/// unless something proves that the block which should be there was flushed: a later segment, or a later block in the
/// same one. Then it is damage, and named.
/// </summary>
internal sealed class LogRecovery
{
    private readonly IDisk _disk;
    private readonly MemberIdentity _identity;
    private readonly List<string> _notes;
    private readonly byte[] _sector = new byte[LogFormat.SectorSize];

    // What the next block must be.
    private ulong _number;
    private uint _chain;

    // Where the last block of the segment that was read last begins; zero in one without a block.
    private long _lastBlockOffset;

    private LogRecovery(IDisk disk, MemberIdentity identity, List<string> notes)
    {
        _disk = disk;
        _identity = identity;
        _notes = notes;
    }

    /// <summary>Reads the log and makes its end ready to be written to.</summary>
    /// <param name="disk">The data folder.</param>
    /// <param name="identity">Whose it is.</param>
    /// <param name="options">Sizes and limits.</param>
    /// <param name="coveredIndex">The last entry in the newest good snapshot; zero without one.</param>
    /// <param name="notes">What was found and put right.</param>
    public static RecoveredLog Run(IDisk disk, MemberIdentity identity, StorageOptions options, long coveredIndex, List<string> notes) =>
        new LogRecovery(disk, identity, notes).Run(options, coveredIndex);

    private RecoveredLog Run(StorageOptions options, long coveredIndex)
    {
        List<SegmentHeader> headers = ReadHeaders();
        _number = headers[0].FirstNumber;
        _chain = headers[0].Chain;
        LogContents contents = new(_identity, headers[0].HardState, headers[0].Last, coveredIndex);
        List<SegmentInfo> segments = [];
        long end = 0;
        for (int i = 0; i < headers.Count; i++)
        {
            if (i > 0)
            {
                RequireContinuation(headers[i], contents, segments[^1].Path, end);
            }

            segments.Add(new SegmentInfo { Sequence = headers[i].Sequence, Length = headers[i].Length });
            using IDiskFile file = FileSteps.Open(_disk, segments[^1].Path, DiskFileMode.Read);
            end = ReadBlocks(file, headers[i], contents, segments);
        }

        IDiskFile active = FileSteps.Open(_disk, segments[^1].Path, DiskFileMode.Overwrite);
        try
        {
            LogTail tail = new(active, headers[^1], end, _lastBlockOffset, _number);
            tail.RequireNothingLater();
            tail.Cut(_notes);
        }
        catch
        {
            active.Dispose();
            throw;
        }

        (Queue<string> spares, ulong nextSpare) = SegmentFolder.TidySpares(_disk, options);
        return new RecoveredLog
        {
            Start = contents.Start,
            Entries = contents.Entries,
            Place = new LogPlace
            {
                Segments = segments,
                Spares = spares,
                NextSpare = nextSpare,
                ActiveFile = active,
                ActiveSalt = headers[^1].Salt,
                Offset = end,
                NextNumber = _number,
                Chain = _chain,
                HardState = contents.HardState,
                Last = contents.Last,
            },
        };
    }

    private List<SegmentHeader> ReadHeaders()
    {
        List<ulong> sequences = SegmentFolder.ListSegments(_disk);
        if (sequences.Count == 0)
        {
            throw new LogDamagedException(
                LogFormat.Folder, 0, "this member has been started before, but its log, with the votes it gave, is gone");
        }

        List<SegmentHeader> headers = [];
        foreach (ulong sequence in sequences)
        {
            string path = LogFormat.SegmentPath(sequence);
            if (headers.Count > 0 && headers[^1].Sequence + 1 != sequence)
            {
                throw new LogDamagedException(
                    LogFormat.SegmentPath(headers[^1].Sequence + 1), 0, "the segment is missing, though there are earlier and later ones");
            }

            using IDiskFile file = FileSteps.Open(_disk, path, DiskFileMode.Read);
            int length = FileSteps.Read(file, 0, _sector);
            headers.Add(SegmentHeader.Read(path, sequence, file.Length, _identity, _sector.AsSpan(0, length)));
        }

        return headers;
    }

    private void RequireContinuation(in SegmentHeader next, LogContents contents, string previousPath, long previousEnd)
    {
        string nextPath = LogFormat.SegmentPath(next.Sequence);
        if (next.FirstNumber != _number || next.Chain != _chain)
        {
            throw new LogDamagedException(
                previousPath, previousEnd, $"block {_number} should be here and is not readable, though '{nextPath}' goes on with block {next.FirstNumber}");
        }

        if (next.HardState != contents.HardState || next.Last != contents.Last)
        {
            throw new LogDamagedException(nextPath, 0, "the segment does not go on where the one before it ends");
        }
    }

    /// <summary>Reads the blocks of a segment; returns where the first is that is not one.</summary>
    private long ReadBlocks(IDiskFile file, in SegmentHeader segment, LogContents contents, List<SegmentInfo> segments)
    {
        long offset = SegmentHeader.Size;
        _lastBlockOffset = 0;
        while (TryReadBlock(file, segment, offset, out BlockHeader header, out uint checksum, out ReadOnlyMemory<byte> body))
        {
            if (contents.Add(body[..header.UsedLength], segments) is { } problem)
            {
                throw new LogDamagedException(file.Path, offset, problem);
            }

            _lastBlockOffset = offset;
            offset += header.BlockLength;
            _number++;
            _chain = checksum;
        }

        return offset;
    }

    private bool TryReadBlock(
        IDiskFile file, in SegmentHeader segment, long offset, out BlockHeader header, out uint checksum, out ReadOnlyMemory<byte> body)
    {
        body = default;
        int count = FileSteps.Read(file, offset, _sector);
        if (!BlockHeader.TryRead(segment, _sector.AsSpan(0, count), out header, out checksum)
            || header.Number != _number
            || header.BlockLength > segment.Length - offset)
        {
            return false;
        }

        if (header.Chain != _chain)
        {
            // A whole header of the right number with the wrong past is not what a torn write leaves.
            throw new LogDamagedException(file.Path, offset, $"block {_number} does not follow the block before it");
        }

        // One array a block: the entries of the block keep pointing into it.
        byte[] bytes = GC.AllocateUninitializedArray<byte>(header.BodyLength);
        int first = Math.Min(bytes.Length, LogFormat.SectorSize - BlockHeader.Size);
        _sector.AsSpan(BlockHeader.Size, first).CopyTo(bytes);
        if (FileSteps.Read(file, offset + LogFormat.SectorSize, bytes.AsSpan(first)) != bytes.Length - first
            || Crc32C.Compute(bytes) != header.BodyChecksum)
        {
            return false;
        }

        body = bytes;
        return true;
    }
}
