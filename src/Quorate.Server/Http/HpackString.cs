namespace Quorate.Server.Http;

/// <summary>
/// Where a string literal lies in a block of header fields (RFC 7541 §5.2): a bit that tells Huffman's code, a length,
/// and as many bytes.
/// </summary>
/// <param name="Start">Where its length begins.</param>
/// <param name="ContentStart">Where its characters begin.</param>
/// <param name="End">Behind its last byte.</param>
/// <param name="IsHuffman">Whether its characters are in <see cref="HpackHuffman"/>'s code, or as they are.</param>
internal readonly record struct HpackString(int Start, int ContentStart, int End, bool IsHuffman)
{
    private const byte HuffmanBit = 0x80;
    private const int LengthPrefixBits = 7;

    /// <summary>Reads one at a position and moves the position behind it; false when it is cut off.</summary>
    public static bool TryRead(ReadOnlySpan<byte> block, ref int position, out HpackString text)
    {
        text = default;
        int start = position;
        if (!HpackInteger.TryRead(block, ref position, LengthPrefixBits, out int bytes) || bytes > block.Length - position)
        {
            return false;
        }

        text = new HpackString(start, position, position + bytes, (block[start] & HuffmanBit) != 0);
        position += bytes;
        return true;
    }

    /// <summary>Writes characters, in Huffman's code or as they are; returns how many bytes they take.</summary>
    public static int Write(Span<byte> block, ReadOnlySpan<byte> characters, bool isHuffman)
    {
        if (isHuffman)
        {
            int written = HpackInteger.Write(block, HuffmanBit, LengthPrefixBits, HpackHuffman.EncodedBytes(characters));
            return written + HpackHuffman.Encode(characters, block[written..]);
        }

        int lengthBytes = HpackInteger.Write(block, aboveThePrefix: 0, LengthPrefixBits, characters.Length);
        characters.CopyTo(block[lengthBytes..]);
        return lengthBytes + characters.Length;
    }

    /// <summary>Its characters; false when they do not fit, or cannot be decoded.</summary>
    public bool TryGetCharacters(ReadOnlySpan<byte> block, Span<byte> characters, out int written)
    {
        ReadOnlySpan<byte> content = block[ContentStart..End];
        if (IsHuffman)
        {
            return HpackHuffman.TryDecode(content, characters, out written);
        }

        written = content.Length;
        return content.TryCopyTo(characters);
    }
}
