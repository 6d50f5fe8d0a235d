using System.Buffers;
using System.IO.Pipelines;

namespace Quorate.Server.Http;

/// <summary>
/// What an HTTP/2 connection receives. It looks at the first request of the connection: if its <c>:authority</c> is in
/// order, the reader steps aside for good, and if not, <see cref="AuthorityRepairingReader"/> takes over for good. A
/// client sends one authority a connection.
/// </summary>
/// <remarks>
/// Until then everything that comes before the first HEADERS frame is passed on as it comes; a client may wait for an
/// answer to its settings before it sends a request. Held back is only that frame while it is not complete, at most
/// <see cref="Http2FrameHeader.PayloadBytesMax"/> and its header, and Kestrel does nothing with a part of a frame
/// either. The bytes stay in the buffers of the connection: nothing is copied, and positions are those of the
/// connection.
/// </remarks>
internal sealed class AuthorityWatchingReader(PipeReader connection) : PipeReader
{
    /// <summary>RFC 9113 §3.4: what a client sends before its first frame. Kestrel checks it.</summary>
    public const int PrefaceBytes = 24;

    /// <summary>Who answers all calls from now on; null until the first request has been seen.</summary>
    private volatile PipeReader? _successor;

    /// <summary>From the first byte that is not consumed on: so many bytes, come or to come, are before the next frame.</summary>
    private long _passableBytes = PrefaceBytes;

    /// <summary>From the first byte that is not consumed on: so many bytes has the caller seen and wants more.</summary>
    private long _examinedBytes;

    /// <summary>What the connection gave last, and how much of it was shown.</summary>
    private ReadOnlySequence<byte> _received;
    private long _shownBytes;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _successor is { } successor ? successor.ReadAsync(cancellationToken) : WatchAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        if (_successor is { } successor)
        {
            return successor.TryRead(out result);
        }

        result = default;
        if (!connection.TryRead(out ReadResult read))
        {
            return false;
        }

        if (TryShow(read, out result))
        {
            return true;
        }

        return _successor is { } decided && decided.TryRead(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_successor is { } successor)
        {
            successor.AdvanceTo(consumed, examined);
            return;
        }

        long consumedBytes = _received.Slice(0, consumed).Length;
        _examinedBytes = Math.Max(consumedBytes, _received.Slice(0, examined).Length) - consumedBytes;
        _passableBytes -= consumedBytes;

        // Who has seen all that was shown waits for more than was held back.
        bool waitsForMore = consumedBytes + _examinedBytes == _shownBytes;
        connection.AdvanceTo(consumed, waitsForMore ? _received.End : examined);
        _received = default;
    }

    public override void CancelPendingRead() => (_successor ?? connection).CancelPendingRead();

    public override void Complete(Exception? exception = null) => (_successor ?? connection).Complete(exception);

    private async ValueTask<ReadResult> WatchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await connection.ReadAsync(cancellationToken);
            if (TryShow(read, out ReadResult result))
            {
                return result;
            }

            if (_successor is { } successor)
            {
                return await successor.ReadAsync(cancellationToken);
            }
        }
    }

    /// <summary>
    /// Shows what may be seen of the bytes received. False when that is nothing new, or when a successor has to be
    /// asked; the bytes are then given back.
    /// </summary>
    private bool TryShow(ReadResult read, out ReadResult result)
    {
        ReadOnlySequence<byte> bytes = read.Buffer;
        result = read;
        switch (Look(bytes))
        {
            case Sight.InOrder:
                _successor = connection;
                return true;

            case Sight.NeedsRepair:
                connection.AdvanceTo(bytes.Start);
                _successor = new AuthorityRepairingReader(connection, _passableBytes);
                if (read.IsCanceled)
                {
                    _successor.CancelPendingRead();
                }

                return false;
        }

        _received = bytes;
        _shownBytes = read.IsCompleted ? bytes.Length : Math.Min(_passableBytes, bytes.Length);
        if (_shownBytes > _examinedBytes || read.IsCanceled || read.IsCompleted)
        {
            result = new ReadResult(bytes.Slice(0, _shownBytes), read.IsCanceled, read.IsCompleted);
            return true;
        }

        connection.AdvanceTo(bytes.Start, bytes.End);
        return false;
    }

    /// <summary>Goes from frame to frame, up to the first HEADERS frame or the end of what there is.</summary>
    private Sight Look(in ReadOnlySequence<byte> bytes)
    {
        while (_passableBytes < bytes.Length)
        {
            ReadOnlySequence<byte> rest = bytes.Slice(_passableBytes);
            if (!Http2FrameHeader.TryRead(rest, out Http2FrameHeader header))
            {
                return Sight.NothingYet;
            }

            if (header.PayloadBytes > Http2FrameHeader.PayloadBytesMax)
            {
                return Sight.InOrder; // Nothing that could be put in order: Kestrel refuses it (RFC 9113 §4.2).
            }

            if (header.IsHeaders)
            {
                return rest.Length < header.FrameBytes ? Sight.NothingYet : Judge(rest.Slice(0, header.FrameBytes));
            }

            _passableBytes += header.FrameBytes;
        }

        return Sight.NothingYet;
    }

    private static Sight Judge(in ReadOnlySequence<byte> frame)
    {
        bool needsRepair;
        if (frame.IsSingleSegment)
        {
            needsRepair = HeadersFrame.NeedsRepair(frame.FirstSpan);
        }
        else
        {
            byte[] copy = ArrayPool<byte>.Shared.Rent((int)frame.Length);
            frame.CopyTo(copy);
            needsRepair = HeadersFrame.NeedsRepair(copy.AsSpan(0, (int)frame.Length));
            ArrayPool<byte>.Shared.Return(copy);
        }

        return needsRepair ? Sight.NeedsRepair : Sight.InOrder;
    }

    private enum Sight
    {
        NothingYet,
        InOrder,
        NeedsRepair,
    }
}
