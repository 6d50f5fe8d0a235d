using System.Buffers;
using System.IO.Compression;

namespace Quorate.Grpc.Protocol;

/// <summary>Undoes the compression of a message, never to more than the limit of a message.</summary>
internal static class MessageCompression
{
    private const int FirstBufferBytes = 4096;

    public static ReadOnlySequence<byte> Decompress(in ReadOnlySequence<byte> compressed, string? encoding, int messageBytesMax)
    {
        if (encoding is null || encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw WireErrors.CompressedWithoutEncoding();
        }

        if (!encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase))
        {
            throw WireErrors.UnknownEncoding(encoding);
        }

        try
        {
            return new ReadOnlySequence<byte>(Unzip(compressed.ToArray(), messageBytesMax));
        }
        catch (InvalidDataException damaged)
        {
            throw WireErrors.DamagedCompression(damaged);
        }
    }

    private static ReadOnlyMemory<byte> Unzip(byte[] compressed, int messageBytesMax)
    {
        using var source = new MemoryStream(compressed);
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        byte[] plain = new byte[Math.Min(FirstBufferBytes, (long)messageBytesMax + 1)];
        int length = 0;
        while (true)
        {
            int read = gzip.Read(plain, length, plain.Length - length);
            if (read == 0)
            {
                return plain.AsMemory(0, length);
            }

            length += read;
            if (length > messageBytesMax)
            {
                // How large it would become is not worth finding out.
                throw WireErrors.MessageTooLarge(length, messageBytesMax);
            }

            if (length == plain.Length)
            {
                Array.Resize(ref plain, (int)Math.Min((long)plain.Length * 2, (long)messageBytesMax + 1));
            }
        }
    }
}
