using System.Buffers.Binary;
using System.Numerics;

namespace Quorate.Io;

/// <summary>
/// CRC-32C (Castagnoli; RFC 3720, appendix B.4) over what crosses the seam to disk and network, by the processor's own
/// instruction where there is one.
/// </summary>
/// <remarks>
/// A checksum over bytes that contain their own checksum needs care: data followed by its own CRC always leaves the same
/// remainder, so an outer CRC over both would be blind to the data. Wherever a checksum here is itself summed up again,
/// it stands <b>before</b> what it covers.
/// </remarks>
public static class Crc32C
{
    /// <summary>The checksum of some bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what <paramref name="checksum"/> covers followed by <paramref name="bytes"/>.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint state = ~checksum;
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte one in bytes)
        {
            state = BitOperations.Crc32C(state, one);
        }

        return ~state;
    }
}
