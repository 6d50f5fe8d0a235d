using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf.Reflection;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Json;

/// <summary>Takes messages out of a body of JSON objects, one after the other, with white space between them or without.</summary>
internal sealed class JsonRequestReader(PipeReader body, MessageDescriptor type, int messageBytesMax) : IRequestMessages
{
    /// <summary>
    /// How many bytes of JSON a byte of a message may take, at most. Bytes take 4/3; what takes most are the names of
    /// fields, in requests of many small parts.
    /// </summary>
    private const int JsonBytesPerMessageByte = 4;

    /// <summary>A body without anything is a message without anything.</summary>
    public async ValueTask<ReadOnlySequence<byte>> ReadSingleAsync(CancellationToken cancellationToken)
    {
        ReadOnlySequence<byte>? message = await ReadNextAsync(cancellationToken).ConfigureAwait(false);
        if (message is not null && await ReadNextAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
            // Taking the first and leaving the rest would be half of what was asked for.
            throw JsonRequestErrors.MoreThanOneObject();
        }

        return message ?? ReadOnlySequence<byte>.Empty;
    }

    public async ValueTask<ReadOnlySequence<byte>?> ReadNextAsync(CancellationToken cancellationToken)
    {
        var scanner = new JsonObjectScanner(JsonMessageParser.DepthMax);
        long scanned = 0;
        while (true)
        {
            ReadResult result = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            SequencePosition consumed = buffer.End;
            SequencePosition examined = buffer.End;
            try
            {
                if (!scanner.IsInside)
                {
                    // White space between messages is nothing to be kept: some send it to keep a connection alive.
                    buffer = WithoutLeadingSpace(buffer);
                }

                bool isWhole = scanner.Scan(buffer.Slice(scanned), out long more);
                scanned += more;
                if (scanned > (long)messageBytesMax * JsonBytesPerMessageByte)
                {
                    throw WireErrors.MessageTooLarge(scanned, messageBytesMax);
                }

                if (isWhole)
                {
                    consumed = buffer.GetPosition(scanned);
                    examined = consumed;
                    return new ReadOnlySequence<byte>(Parse(buffer.Slice(0, scanned)));
                }

                if (result.IsCompleted)
                {
                    return scanner.IsInside ? throw JsonRequestErrors.CutOff() : null;
                }

                consumed = buffer.Start;
            }
            finally
            {
                body.AdvanceTo(consumed, examined);
            }
        }
    }

    /// <summary>Nothing to give back: messages are copies.</summary>
    public void Release()
    {
    }

    private static ReadOnlySequence<byte> WithoutLeadingSpace(in ReadOnlySequence<byte> bytes)
    {
        var reader = new SequenceReader<byte>(bytes);
        reader.AdvancePastAny((byte)' ', (byte)'\t', (byte)'\r', (byte)'\n');
        return reader.UnreadSequence;
    }

    private byte[] Parse(in ReadOnlySequence<byte> json)
    {
        byte[] message = JsonMessageParser.Parse(json, type);
        return message.Length <= messageBytesMax ? message : throw WireErrors.MessageTooLarge(message.Length, messageBytesMax);
    }
}
