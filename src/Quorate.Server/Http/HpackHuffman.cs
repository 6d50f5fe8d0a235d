namespace Quorate.Server.Http;

/// <summary>
/// The Huffman code of HPACK (RFC 7541 §5.2, appendix B), for all visible ASCII characters but the backslash. What is
/// left out has codes of 19 bits and more, and no host, port or name of a header field is written with it.
/// </summary>
/// <remarks>
/// The code is canonical: among codes of one length, those of greater characters are greater by one each, and the first
/// code of a length follows the last of the length before, with zeros appended. So the characters of each length are
/// all there is to know.
/// </remarks>
internal static class HpackHuffman
{
    private const int ShortestBits = 5;

    /// <summary>The characters with codes of 5 bits, of 6 bits, and so on, in ascending order.</summary>
    private static readonly string[] s_charactersByLength =
    [
        "012aceiost",
        " %-./3456789=A_bdfghlmnpru",
        ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz",
        "&*,;XZ",
        "",
        "!\"()?",
        "'+|",
        "#>",
        "\0$@[]~",
        "^}",
        "<`{",
    ];

    private static readonly (ushort Code, byte Bits)[] s_codes = BuildCodes();

    /// <summary>
    /// Decodes a whole string. False when it does not fit, has a character that this code leaves out, or ends in
    /// anything but less than eight ones.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> characters, out int written)
    {
        written = 0;
        int code = 0;
        int bits = 0;
        int firstOfLength = 0;
        foreach (byte next in encoded)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                code = (code << 1) | ((next >> bit) & 1);
                bits++;
                int length = bits - ShortestBits;
                if (length < 0)
                {
                    continue;
                }

                if (length == s_charactersByLength.Length)
                {
                    return false;
                }

                string characterOf = s_charactersByLength[length];
                if (code - firstOfLength >= characterOf.Length)
                {
                    firstOfLength = (firstOfLength + characterOf.Length) << 1;
                    continue;
                }

                if (written == characters.Length)
                {
                    return false;
                }

                characters[written++] = (byte)characterOf[code - firstOfLength];
                code = 0;
                bits = 0;
                firstOfLength = 0;
            }
        }

        return bits < 8 && code == (1 << bits) - 1;
    }

    /// <summary>How many bytes characters take; they are ones that <see cref="TryDecode"/> can return.</summary>
    public static int EncodedBytes(ReadOnlySpan<byte> characters)
    {
        int bits = 0;
        foreach (byte character in characters)
        {
            bits += s_codes[character].Bits;
        }

        return (bits + 7) / 8;
    }

    /// <summary>Encodes characters that <see cref="TryDecode"/> can return; returns how many bytes they take.</summary>
    public static int Encode(ReadOnlySpan<byte> characters, Span<byte> encoded)
    {
        int written = 0;
        uint pending = 0;
        int pendingBits = 0;
        foreach (byte character in characters)
        {
            (ushort code, byte bits) = s_codes[character];
            pending = (pending << bits) | code;
            pendingBits += bits;
            for (; pendingBits >= 8; pendingBits -= 8)
            {
                encoded[written++] = (byte)(pending >> (pendingBits - 8));
            }
        }

        if (pendingBits > 0)
        {
            // Filled up with ones, the beginning of the code that ends no string (RFC 7541 §5.2).
            encoded[written++] = (byte)((pending << (8 - pendingBits)) | (0xffu >> pendingBits));
        }

        return written;
    }

    private static (ushort Code, byte Bits)[] BuildCodes()
    {
        var codes = new (ushort, byte)[128];
        int code = 0;
        for (int length = 0; length < s_charactersByLength.Length; length++, code <<= 1)
        {
            foreach (char character in s_charactersByLength[length])
            {
                codes[character] = ((ushort)code++, (byte)(length + ShortestBits));
            }
        }

        return codes;
    }
}
