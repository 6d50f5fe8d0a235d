using System.Buffers;

namespace Quorate.Grpc;

/// <summary>A message whose bytes are there already, or in parts.</summary>
public interface IEncodedMessage
{
    /// <summary>Bytes that <see cref="WriteTo"/> writes.</summary>
    int SizeBytes { get; }

    /// <summary>Writes the message, without anything around it.</summary>
    void WriteTo(IBufferWriter<byte> output);

    /// <summary>Writes the same to the beginning of a span that has room for it: how a small message is written.</summary>
    void CopyTo(Span<byte> output);
}
