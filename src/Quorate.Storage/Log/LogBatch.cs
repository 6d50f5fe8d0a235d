using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// What becomes durable together: records are encoded into its buffer as they are staged, and it is its own work on the
/// log's lane. Two of these take turns, so nothing is allocated for an entry or a batch once the buffers have grown.
/// </summary>
internal sealed class LogBatch(Action<LogBatch, Exception?> completed) : IWork
{
    /// <summary>A buffer that grew beyond this many bytes is not kept.</summary>
    private const int BufferKeptBytesMax = 8 << 20;

    private const int BufferFirstBytes = 4 << 10;

    private readonly AlignedBuffer _buffer = new();
    private int _used = BlockHeader.Size;
    private Stage _stage;
    private IDiskFile? _file;
    private IDiskFile? _previousFile;
    private long _offset;
    private int _length;

    private enum Stage
    {
        Create,
        Write,
        Flush,
    }

    public bool IsEmpty => _used == BlockHeader.Size;

    public int StagedBytes => _used - BlockHeader.Size;

    /// <summary>Bytes of the block with everything staged so far.</summary>
    public long BlockLength => LogFormat.RoundUpToSector(_used);

    /// <summary>Those that wait for it, in the order they came.</summary>
    public List<ILogCompletion> Waiting { get; private set; } = [];

    /// <summary>Highest index of an entry in it that still counts.</summary>
    public long MaxIndex { get; private set; }

    /// <summary>Where the log begins anew in it.</summary>
    public LogPosition? Reset { get; private set; }

    /// <summary>The segment that is made for it, where the active one has no room.</summary>
    public SegmentCreation? Creation { get; private set; }

    /// <summary>Where it was written; after a creation, the new segment.</summary>
    public IDiskFile File => _file!;

    /// <summary>End of the block in <see cref="File"/>.</summary>
    public long EndOffset => _offset + _length;

    public void AddHardState(uint group, HardState state) =>
        RecordCodec.WriteHardState(Take(RecordCodec.HeaderSize + RecordCodec.PositionSize), group, state);

    public void AddEntry(uint group, in Entry entry)
    {
        RecordCodec.WriteEntry(Take(RecordCodec.EntryOverhead + entry.Command.Length), group, entry);
        MaxIndex = Math.Max(MaxIndex, entry.Index);
    }

    public void AddReset(uint group, LogPosition position)
    {
        RecordCodec.WriteReset(Take(RecordCodec.HeaderSize + RecordCodec.PositionSize), group, position);
        Reset = position;
        MaxIndex = position.Index;
    }

    /// <summary>
    /// Closes the block: nothing is added any more. Returns its header's checksum, for the chain.
    /// </summary>
    public uint Seal(ulong salt, ulong sequence, ulong number, uint chain)
    {
        _length = checked((int)BlockLength);
        Span<byte> block = _buffer.Span[.._length];
        block[_used..].Clear();
        BlockHeader header = new()
        {
            Salt = salt,
            Sequence = sequence,
            Number = number,
            BodyLength = _length - BlockHeader.Size,
            UsedLength = StagedBytes,
            Chain = chain,
            BodyChecksum = Crc32C.Compute(block[BlockHeader.Size..]),
        };
        return header.Write(block);
    }

    /// <summary>Says where the sealed block goes: into the open segment, or to the beginning of one still to be made.</summary>
    public void Aim(IDiskFile file, long offset, SegmentCreation? creation)
    {
        Creation = creation;
        _file = creation is null ? file : null;
        _previousFile = creation is null ? null : file;
        _offset = creation is null ? offset : SegmentHeader.Size;
        _stage = creation is null ? Stage.Write : Stage.Create;
    }

    public bool Step()
    {
        switch (_stage)
        {
            case Stage.Create:
                if (Creation!.Step())
                {
                    _file = Creation.File;
                    _previousFile!.Dispose();
                    _stage = Stage.Write;
                }

                return false;

            case Stage.Write:
                FileSteps.Write(_file!, _offset, _buffer.Span[.._length]);
                _stage = Stage.Flush;
                return false;

            default:
                FileSteps.Flush(_file!);
                return true;
        }
    }

    public void Completed(Exception? error) => completed(this, error);

    /// <summary>Takes those that wait; they are answered in another way than by its completion.</summary>
    public List<ILogCompletion> TakeWaiting(List<ILogCompletion> empty)
    {
        List<ILogCompletion> waiting = Waiting;
        Waiting = empty;
        return waiting;
    }

    /// <summary>Makes it ready to gather again; the list of those that waited is exchanged for an empty one.</summary>
    public List<ILogCompletion> Recycle(List<ILogCompletion> empty)
    {
        List<ILogCompletion> waited = TakeWaiting(empty);
        _used = BlockHeader.Size;
        MaxIndex = 0;
        Reset = null;
        Creation = null;
        _file = _previousFile = null;
        if (_buffer.Length > BufferKeptBytesMax)
        {
            _buffer.Release();
        }

        return waited;
    }

    private Span<byte> Take(int count)
    {
        // Room for the padding is kept at all times, so that sealing never moves the block.
        long needed = LogFormat.RoundUpToSector((long)_used + count);
        if (needed > _buffer.Length)
        {
            long larger = Math.Max(needed, Math.Max(BufferFirstBytes, Math.Min(_buffer.Length * 2L, AlignedBuffer.LengthMax)));
            if (larger > AlignedBuffer.LengthMax)
            {
                throw new InvalidOperationException(
                    $"a batch of {needed} bytes is more than the log can write at once; IsCongested says when to stop");
            }

            _buffer.Grow((int)larger, _used);
        }

        Span<byte> taken = _buffer.Span.Slice(_used, count);
        _used += count;
        return taken;
    }
}
