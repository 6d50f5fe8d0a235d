using System.Buffers;
using System.IO.Pipelines;

namespace Quorate.Grpc.Protocol;

/// <summary>
/// Takes length-prefixed messages out of a pipe without copying them: a message that was read stays
/// in the pipe's own buffers until it is released.
/// </summary>
internal sealed class MessageReader(PipeReader pipe, int messageBytesMax, string? encoding) : IRequestMessages
{
    /// <summary>Where the message that is held ends in the pipe.</summary>
    private SequencePosition _heldEnd;
    private bool _isHolding;

    public async ValueTask<ReadOnlySequence<byte>> ReadSingleAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            Hold(buffer.End);
            if (TryTakeFrame(buffer, out MessageHeader header))
            {
                if (buffer.Length > header.FrameBytes)
                {
                    throw WireErrors.MoreThanOneMessage();
                }

                if (result.IsCompleted)
                {
                    return Plain(header, buffer);
                }
            }
            else if (result.IsCompleted)
            {
                throw EndedInside(buffer) ?? WireErrors.NoMessage();
            }

            // Looked at, and kept: what was examined no longer counts against the sender's window.
            _isHolding = false;
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public async ValueTask<ReadOnlySequence<byte>?> ReadNextAsync(CancellationToken cancellationToken)
    {
        Release();
        while (true)
        {
            ReadResult result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            Hold(buffer.End);
            if (TryTakeFrame(buffer, out MessageHeader header))
            {
                Hold(buffer.GetPosition(header.FrameBytes));
                return Plain(header, buffer);
            }

            if (result.IsCompleted)
            {
                RpcException? error = EndedInside(buffer);
                Release();
                return error is null ? null : throw error;
            }

            _isHolding = false;
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Waits until all has come in that will, and leaves it to be read.</summary>
    public async ValueTask BufferToEndAsync(CancellationToken cancellationToken)
    {
        Release();
        bool isComplete = false;
        while (!isComplete)
        {
            ReadResult result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            isComplete = result.IsCompleted;
            pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public void Release()
    {
        if (!_isHolding)
        {
            return;
        }

        _isHolding = false;
        try
        {
            pipe.AdvanceTo(_heldEnd);
        }
        catch (IOException)
        {
            // The other side has left meanwhile, and the pipe has no use for its buffers any more. The next read says so.
        }
    }

    private void Hold(SequencePosition end)
    {
        _heldEnd = end;
        _isHolding = true;
    }

    private bool TryTakeFrame(in ReadOnlySequence<byte> buffer, out MessageHeader header)
    {
        return MessageHeader.TryRead(buffer, messageBytesMax, out header) && buffer.Length >= header.FrameBytes;
    }

    private ReadOnlySequence<byte> Plain(MessageHeader header, in ReadOnlySequence<byte> buffer)
    {
        ReadOnlySequence<byte> message = buffer.Slice(MessageHeader.SizeBytes, header.MessageBytes);
        return header.IsCompressed ? MessageCompression.Decompress(message, encoding, messageBytesMax) : message;
    }

    private RpcException? EndedInside(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return null;
        }

        return MessageHeader.TryRead(buffer, messageBytesMax, out MessageHeader header)
            ? WireErrors.CutOff(buffer.Length - MessageHeader.SizeBytes, header.MessageBytes)
            : WireErrors.CutOff(buffer.Length, MessageHeader.SizeBytes);
    }
}
