using System.Buffers;

namespace Quorate.Grpc;

/// <summary>A message whose bytes are there already, or in parts.</summary>
public interface IEncodedMessage
{
    /// <summary>Bytes that <see cref="WriteTo"/> writes.</summary>
    int SizeBytes { get; }

    /// <summary>Writes the message, without anything around it.</summary>
    void WriteTo(IBufferWriter<byte> output);
}
