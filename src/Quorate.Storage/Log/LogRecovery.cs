using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// Reads the log back at the start of a member (spec S3). Blocks are followed by number and chain from the first segment
/// to the first place that holds no good block. That place is the end of the log, with at most one torn block behind it,
/// unless something proves that the block which should be there was flushed: a later segment, or a later block in the
/// same one. Then it is damage, and named.
/// </summary>
internal sealed class LogRecovery
{
    /// <summary>The number of the first block of a new log.</summary>
    public const ulong FirstNumber = 1;

    private const ulong FirstSequence = 1;
    private const int ScanBytes = 1 << 20;

    private readonly IDisk _disk;
    private readonly MemberIdentity _identity;
    private readonly List<string> _notes;
    private readonly byte[] _sector = new byte[LogFormat.SectorSize];

    // What the next block must be.
    private ulong _number;
    private uint _chain;

    // Where the last block that was read begins, in the last segment that holds one.
    private long _lastOffset;

    private LogRecovery(IDisk disk, MemberIdentity identity, List<string> notes)
    {
        _disk = disk;
        _identity = identity;
        _notes = notes;
    }

    /// <summary>The segments in the folder, in order.</summary>
    public static List<ulong> ListSegments(IDisk disk)
    {
        List<ulong> sequences = [];
        foreach (string name in disk.ListFiles(LogFormat.Folder))
        {
            if (LogFormat.TryParseName(name, LogFormat.SegmentSuffix, out ulong sequence))
            {
                sequences.Add(sequence);
            }
        }

        sequences.Sort();
        return sequences;
    }

    /// <summary>Makes the first segment of a new log, durable when it returns.</summary>
    public static void CreateFirstSegment(IDisk disk, MemberIdentity identity, SeededRandom random, StorageOptions options)
    {
        SegmentCreation creation = new(
            disk,
            new SegmentHeader
            {
                Identity = identity,
                Sequence = FirstSequence,
                Salt = random.NextUInt64(),
                Length = options.SegmentBytes,
                FirstNumber = FirstNumber,
                Chain = 0,
                HardState = default,
                Last = LogPosition.Start,
            },
            sparePath: null);
        while (!creation.Step())
        {
        }

        creation.File!.Dispose();
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
            RequireNothingLater(active, headers[^1], end);
            CutTail(active, headers[^1], end);
        }
        catch
        {
            active.Dispose();
            throw;
        }

        (Queue<string> spares, ulong nextSpare) = TidySpares(options);
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
        List<ulong> sequences = ListSegments(_disk);
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
        while (TryReadBlock(file, segment, offset, out BlockHeader header, out uint checksum, out ReadOnlyMemory<byte> body))
        {
            if (contents.Add(body[..header.UsedLength], segments) is { } problem)
            {
                throw new LogDamagedException(file.Path, offset, problem);
            }

            _lastOffset = offset;
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

    /// <summary>
    /// Looks at every place behind the end where a block could begin. A header alone is proof enough: its write began
    /// only after the block before it was flushed.
    /// </summary>
    private void RequireNothingLater(IDiskFile file, in SegmentHeader segment, long end)
    {
        byte[] piece = new byte[(int)Math.Min(ScanBytes, Math.Max(segment.Length - end, 0))];
        for (long start = end; start < segment.Length; start += piece.Length)
        {
            int count = FileSteps.Read(file, start, piece);
            for (int at = 0; at + BlockHeader.Size <= count; at += LogFormat.SectorSize)
            {
                bool isNext = start + at == end;
                if (BlockHeader.TryRead(segment, piece.AsSpan(at, count - at), out BlockHeader header, out _)
                    && (isNext ? header.Number > _number : header.Number >= _number))
                {
                    throw new LogDamagedException(
                        file.Path, end, $"block {_number} should be here and is not readable, though block {header.Number} is at offset {start + at}");
                }
            }
        }
    }

    /// <summary>
    /// Makes the end of the log clean and all before it durable. The block that was torn could otherwise be taken for
    /// whole one day, should its missing sectors be readable again; and a block that a killed process had written but
    /// not flushed would be relied upon although a power cut can still take it.
    /// </summary>
    private void CutTail(IDiskFile file, in SegmentHeader segment, long end)
    {
        if (end < segment.Length)
        {
            FileSteps.Read(file, end, _sector);
            if (BlockHeader.TryRead(segment, _sector, out BlockHeader header, out _) && header.Number == _number)
            {
                _notes.Add($"the last write to the log had not ended: block {_number} in '{file.Path}' at offset {end} was cut off");
            }

            if (_sector.AsSpan().ContainsAnyExcept((byte)0))
            {
                Array.Clear(_sector);
                FileSteps.Write(file, end, _sector);
            }
        }

        Rewrite(file, 0, LogFormat.SectorSize);
        if (_lastOffset < end
#if QUORATE_MUTANTS
            && !Mutants.Is(Mutant.RecoveryTrustsUnflushed)
#endif
        )
        {
            Rewrite(file, _lastOffset, end);
        }

        FileSteps.Flush(file);
    }

    /// <summary>
    /// Writes bytes once more, as they are: those whose flush may have failed in an earlier life, which are the
    /// segment's header and its last block. They can still be read, but count as clean, and no later flush would bring
    /// them to the disk (spec S4).
    /// </summary>
    private static void Rewrite(IDiskFile file, long start, long end)
    {
        byte[] bytes = new byte[end - start];
        int count = FileSteps.Read(file, start, bytes);
        FileSteps.Write(file, start, bytes.AsSpan(0, count));
    }

    private (Queue<string> Spares, ulong Next) TidySpares(StorageOptions options)
    {
        Queue<string> spares = new();
        ulong next = 1;
        foreach (string name in _disk.ListFiles(LogFormat.Folder))
        {
            string path = LogFormat.Folder + "/" + name;
            if (name.EndsWith(LogFormat.AsideSuffix, StringComparison.Ordinal))
            {
                FileSteps.Delete(_disk, path);
            }
            else if (LogFormat.TryParseName(name, LogFormat.SpareSuffix, out ulong number))
            {
                next = Math.Max(next, number + 1);
                if (spares.Count < options.SpareSegmentsMax && HasLength(path, options.SegmentBytes))
                {
                    spares.Enqueue(path);
                }
                else
                {
                    FileSteps.Delete(_disk, path);
                }
            }
        }

        return (spares, next);
    }

    private bool HasLength(string path, long length)
    {
        using IDiskFile file = FileSteps.Open(_disk, path, DiskFileMode.Read);
        return file.Length == length;
    }
}
