using System.Buffers.Binary;
using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>Reads a snapshot file from the front, checking everything it passes.</summary>
internal sealed class SnapshotReader : IDisposable
{
    private readonly IDiskFile _file;

    /// <summary>As long as the longest block so far, or what else was read: most snapshots are either long or very short.</summary>
    private byte[] _block = [];
    private long _offset;
    private long _contentLength;
    private long _blocks;
    private uint _checksum;
    private bool _wasShort;
    private bool _ended;

    public SnapshotReader(IDisk disk, string path, MemberIdentity identity)
    {
        _file = FileSteps.Open(disk, path, DiskFileMode.Read);
        try
        {
            (Position, Configuration) = ReadHeader(identity);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public LogPosition Position { get; }

    public Configuration Configuration { get; }

    /// <summary>What describes the file; known once all of it was read.</summary>
    public SnapshotMetadata Metadata => _ended
        ? new SnapshotMetadata(Position, Configuration, _offset, _checksum)
        : throw new InvalidOperationException("the snapshot has not been read to its end");

    /// <summary>Reads the whole file and returns what describes it.</summary>
    /// <exception cref="SnapshotDamagedException">The file is not what was written.</exception>
    public static SnapshotMetadata Verify(IDisk disk, string path, MemberIdentity identity)
    {
        using SnapshotReader reader = new(disk, path, identity);
        while (!reader.ReadBlock().IsEmpty)
        {
        }

        return reader.Metadata;
    }

    /// <summary>The content of the next block, valid until the next call; empty at the end, once that was checked too.</summary>
    public ReadOnlyMemory<byte> ReadBlock()
    {
        if (_ended)
        {
            return default;
        }

        Span<byte> header = Room(SnapshotFormat.BlockHeaderSize);
        ReadExactly(header);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (length == SnapshotFormat.FooterMarker)
        {
            ReadFooter();
            return default;
        }

        if (_wasShort || length is 0 or > SnapshotFormat.BlockContentBytesMax)
        {
            throw Damaged(_offset, "the length of a block is wrong");
        }

        Span<byte> block = Room(SnapshotFormat.BlockHeaderSize + (int)length);
        ReadExactly(block);
        if (BinaryPrimitives.ReadUInt32LittleEndian(block) != Crc32C.Compute(block[4..]))
        {
            throw Damaged(_offset, "the checksum of a block is wrong");
        }

        Pass(block);
        _wasShort = length < SnapshotFormat.BlockContentBytesMax;
        _contentLength += length;
        _blocks++;
        return _block.AsMemory(SnapshotFormat.BlockHeaderSize, (int)length);
    }

    public void Dispose() => _file.Dispose();

    private (LogPosition Position, Configuration Configuration) ReadHeader(MemberIdentity identity)
    {
        Span<byte> fixedPart = Room(SnapshotFormat.HeaderFixedSize);
        ReadExactly(fixedPart);
        if (SnapshotFormat.HeaderLength(fixedPart) is not { } length)
        {
            throw Damaged(0, "it does not begin as a snapshot does");
        }

        byte[] header = new byte[length];
        ReadExactly(header);
        (LogPosition Position, Configuration Configuration) result = SnapshotFormat.ReadHeader(_file.Path, identity, header);
        Pass(header);
        return result;
    }

    private void ReadFooter()
    {
        Span<byte> footer = Room(SnapshotFormat.FooterSize);
        ReadExactly(footer);
        if (BinaryPrimitives.ReadUInt32LittleEndian(footer) != Crc32C.Compute(footer[4..])
            || BinaryPrimitives.ReadInt64LittleEndian(footer[8..]) != _contentLength
            || BinaryPrimitives.ReadInt64LittleEndian(footer[16..]) != _blocks)
        {
            throw Damaged(_offset, "the footer is wrong");
        }

        Pass(footer);
        if (_offset != _file.Length)
        {
            throw Damaged(_offset, "there are bytes behind the footer");
        }

        _ended = true;
    }

    /// <summary>Room for so many bytes; those that were there before need not be.</summary>
    private Span<byte> Room(int length)
    {
        if (_block.Length < length)
        {
            _block = new byte[length];
        }

        return _block.AsSpan(0, length);
    }

    private void ReadExactly(Span<byte> destination)
    {
        int count = FileSteps.Read(_file, _offset, destination);
        if (count != destination.Length)
        {
            throw Damaged(_offset + count, "the file ends too early");
        }
    }

    private void Pass(ReadOnlySpan<byte> bytes)
    {
        _checksum = Crc32C.Append(_checksum, bytes);
        _offset += bytes.Length;
    }

    private SnapshotDamagedException Damaged(long offset, string problem) => new(_file.Path, offset, problem);
}
