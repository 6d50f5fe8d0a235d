namespace Quorate.Server.Http;

/// <summary>
/// The integers of HPACK (RFC 7541 §5.1): as many bits as the first byte has left; if those are all ones, the rest
/// follows in bytes of seven bits, the least significant first.
/// </summary>
internal static class HpackInteger
{
    /// <summary>Far more than a frame holds. The specification asks for a limit.</summary>
    public const int ValueMax = (1 << 28) - 1;

    /// <summary>Reads one at a position and moves the position behind it; false when it is cut off or too large.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int position, int prefixBits, out int value)
    {
        value = 0;
        if (position >= bytes.Length)
        {
            return false;
        }

        int prefixMax = (1 << prefixBits) - 1;
        value = bytes[position++] & prefixMax;
        if (value < prefixMax)
        {
            return true;
        }

        long sum = prefixMax;
        for (int shift = 0; shift <= 28 && position < bytes.Length; shift += 7)
        {
            byte next = bytes[position++];
            sum += (long)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                value = (int)Math.Min(sum, ValueMax);
                return sum <= ValueMax;
            }
        }

        return false;
    }

    /// <summary>Writes one, with what the first byte holds above its prefix; returns how many bytes it takes.</summary>
    public static int Write(Span<byte> bytes, byte aboveThePrefix, int prefixBits, int value)
    {
        int prefixMax = (1 << prefixBits) - 1;
        if (value < prefixMax)
        {
            bytes[0] = (byte)(aboveThePrefix | value);
            return 1;
        }

        bytes[0] = (byte)(aboveThePrefix | prefixMax);
        int rest = value - prefixMax;
        int written = 1;
        for (; rest >= 0x80; rest >>= 7)
        {
            bytes[written++] = (byte)(rest | 0x80);
        }

        bytes[written++] = (byte)rest;
        return written;
    }
}
