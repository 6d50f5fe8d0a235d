using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// Writes a snapshot aside, one piece of the content a step; then flushes it, gives it its name, and flushes the name.
/// Where the disk has no room for it, it deletes what it has written, and completes with a
/// <see cref="FoundNoRoomException"/>.
/// </summary>
internal sealed class SnapshotWrite(
    IDisk disk,
    MemberIdentity identity,
    LogPosition position,
    Configuration configuration,
    IEnumerable<ReadOnlyMemory<byte>> pieces,
    Action<SnapshotMetadata?, Exception?> completed) : IWork
{
    private const int BlockBytesMax = SnapshotFormat.BlockHeaderSize + SnapshotFormat.BlockContentBytesMax;

    private readonly FlushPace _pace = new();

    /// <summary>Grows up to a whole block: small states make small snapshots.</summary>
    private byte[] _block = [];
    private int _used = SnapshotFormat.BlockHeaderSize;
    private Stage _stage;
    private IDiskFile? _file;
    private IEnumerator<ReadOnlyMemory<byte>>? _pieces;
    private long _offset;
    private long _contentLength;
    private long _blocks;
    private uint _checksum;
    private FoundNoRoomException? _foundNoRoom;

    private enum Stage
    {
        Create,
        Content,
        Flush,
        Rename,
        FlushName,
    }

    public bool Step()
    {
        try
        {
            return Write();
        }
        catch (StorageFailedException error) when (error.DiskFull is not null && _stage != Stage.FlushName)
        {
            _file?.Dispose();
            FileSteps.Delete(disk, SnapshotFormat.WritingPath);
            _foundNoRoom = new FoundNoRoomException(SnapshotFormat.WritingPath, error.DiskFull);
            return true;
        }
    }

    public void Completed(Exception? error)
    {
        _pieces?.Dispose();
        _file?.Dispose();
        error ??= _foundNoRoom;
        completed(error is null ? new SnapshotMetadata(position, configuration, _offset, _checksum) : null, error);
    }

    private bool Write()
    {
        switch (_stage)
        {
            case Stage.Create:
                _file = FileSteps.Open(disk, SnapshotFormat.WritingPath, DiskFileMode.Create);
                Append(SnapshotFormat.EncodeHeader(identity, position, configuration));
                _pieces = pieces.GetEnumerator();
                _stage = Stage.Content;
                return false;

            case Stage.Content:
                if (_pieces!.MoveNext())
                {
                    Add(_pieces.Current.Span);
                    return false;
                }

                EndContent();
                _stage = Stage.Flush;
                return false;

            case Stage.Flush:
                FileSteps.Flush(_file!);
                _file!.Dispose();
                _stage = Stage.Rename;
                return false;

            case Stage.Rename:
                FileSteps.Rename(disk, SnapshotFormat.WritingPath, SnapshotFormat.PathOf(position));
                _stage = Stage.FlushName;
                return false;

            default:
                FileSteps.FlushFolder(disk, SnapshotFormat.Folder);
                return true;
        }
    }

    private void Add(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            int count = Math.Min(piece.Length, BlockBytesMax - _used);
            Reserve(_used + count);
            piece[..count].CopyTo(_block.AsSpan(_used));
            piece = piece[count..];
            _used += count;
            if (_used == BlockBytesMax)
            {
                WriteBlock();
            }
        }
    }

    private void Reserve(int length)
    {
        if (_block.Length < length)
        {
            Array.Resize(ref _block, Math.Min(BlockBytesMax, Math.Max(length, 2 * _block.Length)));
        }
    }

    private void EndContent()
    {
        if (_used > SnapshotFormat.BlockHeaderSize)
        {
            WriteBlock();
        }

        Span<byte> footer = stackalloc byte[SnapshotFormat.FooterSize];
        SnapshotFormat.WriteFooter(footer, _contentLength, _blocks);
        Append(footer);
    }

    private void WriteBlock()
    {
        SnapshotFormat.WriteBlockHeader(_block.AsSpan(0, _used));
        Append(_block.AsSpan(0, _used));
        _contentLength += _used - SnapshotFormat.BlockHeaderSize;
        _blocks++;
        _used = SnapshotFormat.BlockHeaderSize;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        FileSteps.Write(_file!, _offset, bytes);
        _pace.Wrote(_file!, bytes.Length);
        _checksum = Crc32C.Append(_checksum, bytes);
        _offset += bytes.Length;
    }
}
