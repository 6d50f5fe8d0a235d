using System.Buffers;
using Google.Protobuf;

namespace Quorate.Grpc.Protocol;

/// <summary>Writes a message with its header straight into the transport's buffer.</summary>
internal static class MessageWriter
{
    /// <summary>Up to here a message is written into one span; a larger one goes segment by segment.</summary>
    private const int SpanBytesMax = 4096;

    public static void Write(IBufferWriter<byte> output, IMessage message)
    {
        int size = message.CalculateSize();
        if (size <= SpanBytesMax - MessageHeader.SizeBytes)
        {
            Span<byte> frame = output.GetSpan(MessageHeader.SizeBytes + size)[..(MessageHeader.SizeBytes + size)];
            MessageHeader.Write(frame, size);
            message.WriteTo(frame[MessageHeader.SizeBytes..]);
            output.Advance(frame.Length);
            return;
        }

        MessageHeader.Write(output.GetSpan(MessageHeader.SizeBytes), size);
        output.Advance(MessageHeader.SizeBytes);
        message.WriteTo(output);
    }

    public static void Write(IBufferWriter<byte> output, IEncodedMessage message)
    {
        int size = message.SizeBytes;
        if (size <= SpanBytesMax - MessageHeader.SizeBytes)
        {
            Span<byte> frame = output.GetSpan(MessageHeader.SizeBytes + size)[..(MessageHeader.SizeBytes + size)];
            MessageHeader.Write(frame, size);
            message.CopyTo(frame[MessageHeader.SizeBytes..]);
            output.Advance(frame.Length);
            return;
        }

        MessageHeader.Write(output.GetSpan(MessageHeader.SizeBytes), size);
        output.Advance(MessageHeader.SizeBytes);
        message.WriteTo(output);
    }
}
