using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>The content of a snapshot; each block is verified before a byte of it is handed out, and the file as a whole at the end.</summary>
internal sealed class SnapshotContentStream(SnapshotReader reader, SnapshotMetadata expected, string path) : Stream
{
    private ReadOnlyMemory<byte> _rest;
    private bool _ended;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_rest.IsEmpty && !_ended)
        {
            _rest = reader.ReadBlock();
            _ended = _rest.IsEmpty;
            if (_ended && !reader.Metadata.IsSameFileAs(expected))
            {
                throw new SnapshotDamagedException(path, 0, "it is whole, but not the snapshot that was to be read");
            }
        }

        int count = Math.Min(buffer.Length, _rest.Length);
        _rest.Span[..count].CopyTo(buffer);
        _rest = _rest[count..];
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            reader.Dispose();
        }

        base.Dispose(disposing);
    }
}
