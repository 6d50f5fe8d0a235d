using System.Buffers;
using System.IO.Pipelines;

namespace Quorate.Server.Http;

/// <summary>
/// What an HTTP/2 connection receives, with the <c>:authority</c> of each request put in order
/// (<see cref="HeadersFrame"/>). A client sends the literal once and refers to it afterwards, but sends it again when
/// the dynamic table has lost it, so all frames are gone through.
/// </summary>
/// <remarks>
/// There is no task beside: who reads, and has seen all there is, takes the next bytes of the connection through. So
/// what goes wrong with the connection reaches the caller as it is, a caller that does not read holds up the client,
/// and here are never more than <see cref="StepBytesMax"/> bytes that the caller has not seen. What is held back, less
/// than a frame, stays in the buffers of the connection.
/// </remarks>
/// <param name="connection">What the client sends.</param>
/// <param name="bytesBeforeFrame">How many bytes come before the next frame begins.</param>
internal sealed class AuthorityRepairingReader(PipeReader connection, long bytesBeforeFrame) : PipeReader
{
    /// <summary>How much is taken from the connection at once. A step is more than a frame, or it might lead nowhere.</summary>
    private const int StepBytesMax = 4 * Http2FrameHeader.PayloadBytesMax;

    /// <summary>A buffer only: it never stops the writer, which is this class and writes only what is asked for.</summary>
    private readonly Pipe _repaired = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));

    /// <summary>So many bytes, come or to come, are passed on before the next frame begins.</summary>
    private long _passableBytes = bytesBeforeFrame;

    private ReadOnlySequence<byte> _shown;
    private bool _hasUnseen;
    private bool _wasCanceled;
    private bool _hasEnded;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ReadResult result;
        while (!TryShow(out result))
        {
            TakeThrough(await connection.ReadAsync(cancellationToken));
        }

        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (TryShow(out result))
        {
            return true;
        }

        if (!connection.TryRead(out ReadResult read))
        {
            return false;
        }

        TakeThrough(read);
        return TryShow(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _hasUnseen = !_shown.Slice(examined).IsEmpty;
        _shown = default;
        _repaired.Reader.AdvanceTo(consumed, examined);
    }

    /// <summary>
    /// Both places where a reader may wait are told. A caller that has unseen bytes may hear of it twice, which is as if
    /// it had been cancelled twice.
    /// </summary>
    public override void CancelPendingRead()
    {
        _repaired.Reader.CancelPendingRead();
        connection.CancelPendingRead();
    }

    public override void Complete(Exception? exception = null)
    {
        _repaired.Reader.Complete(exception);
        _repaired.Writer.Complete(exception);
        connection.Complete(exception);
    }

    private bool TryShow(out ReadResult result)
    {
        if (!_hasUnseen && !_wasCanceled && !_hasEnded)
        {
            result = default;
            return false;
        }

        _wasCanceled = false;
        bool isThere = _repaired.Reader.TryRead(out result);
        _shown = result.Buffer;
        return isThere;
    }

    /// <summary>Takes through what can be of the bytes that the connection has given, and gives back the rest.</summary>
    private void TakeThrough(ReadResult read)
    {
        ReadOnlySequence<byte> received = read.Buffer;
        bool isAll = received.Length <= StepBytesMax;
        bool isEnd = read.IsCompleted && isAll;
        SequencePosition taken = TakeThrough(isAll ? received : received.Slice(0, StepBytesMax), isEnd);

        // What is held back is not worth a look before more comes; what was beyond the step is, at once.
        connection.AdvanceTo(taken, isAll ? received.End : taken);
        if (read.IsCanceled)
        {
            _repaired.Reader.CancelPendingRead();
            _wasCanceled = true;
        }

        ValueTask<FlushResult> flushed = _repaired.Writer.FlushAsync();
        if (!flushed.IsCompleted)
        {
            throw new InvalidOperationException("a pipe without a threshold made its writer wait");
        }

        if (isEnd)
        {
            _repaired.Writer.Complete();
            _hasEnded = true;
        }
    }

    /// <summary>Returns where the first frame begins that has to be complete and is not; at the end there is none.</summary>
    private SequencePosition TakeThrough(ReadOnlySequence<byte> bytes, bool isEnd)
    {
        while (!bytes.IsEmpty)
        {
            if (_passableBytes == 0)
            {
                if (!Http2FrameHeader.TryRead(bytes, out Http2FrameHeader header))
                {
                    break;
                }

                if (header.IsHeaders && header.PayloadBytes <= Http2FrameHeader.PayloadBytesMax)
                {
                    if (bytes.Length < header.FrameBytes)
                    {
                        break;
                    }

                    Repair(bytes.Slice(0, header.FrameBytes));
                    bytes = bytes.Slice(header.FrameBytes);
                    continue;
                }

                _passableBytes = header.FrameBytes;
            }

            long passed = Math.Min(_passableBytes, bytes.Length);
            Copy(bytes.Slice(0, passed));
            bytes = bytes.Slice(passed);
            _passableBytes -= passed;
        }

        if (!isEnd)
        {
            return bytes.Start;
        }

        Copy(bytes);
        return bytes.End;
    }

    private void Repair(in ReadOnlySequence<byte> frame)
    {
        Span<byte> copy = _repaired.Writer.GetSpan((int)frame.Length)[..(int)frame.Length];
        frame.CopyTo(copy);
        Advance(HeadersFrame.Repair(copy));
    }

    private void Copy(in ReadOnlySequence<byte> bytes)
    {
        foreach (ReadOnlyMemory<byte> part in bytes)
        {
            part.Span.CopyTo(_repaired.Writer.GetSpan(part.Length));
            Advance(part.Length);
        }
    }

    private void Advance(int bytes)
    {
        _repaired.Writer.Advance(bytes);
        _hasUnseen |= bytes > 0;
    }
}
