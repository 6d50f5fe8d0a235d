namespace Quorate.Server.Http;

/// <summary>
/// Puts the <c>:authority</c> of a request in order, within the HEADERS frame that begins the request (RFC 9113 §6.2).
/// </summary>
/// <remarks>
/// <para>
/// Only a literal is touched, and it gets shorter. If it enters the dynamic table of HPACK, Kestrel's entry is smaller
/// than the one that the client has in mind, and that is harmless: at any time the entries that the client believes in
/// are the newest of those that Kestrel has. Both insert the same entries in the same order. Entries leave at the old
/// end, until the new one fits (RFC 7541 §4.4); those that the client keeps are, with the new one, within the size of the
/// table by the client's count, hence by Kestrel's, whose entries are the same or smaller, so Kestrel keeps them too.
/// That holds also when the client has no room for an entry at all and empties its table, and when the size of the table
/// changes (§4.3). And as an index counts from the newest entry (§2.3.3), it means the same to both; that Kestrel has
/// kept an old entry for longer than the client, nobody asks.
/// </para>
/// <para>
/// The name is looked for in the static table and as a literal. A client that writes it as an index into the dynamic
/// table is not helped: no encoder does while the static table has the name, which is always.
/// </para>
/// <para>
/// A block of header fields may go on in CONTINUATION frames (RFC 9113 §6.10), which are left alone: fields of a request
/// whose names begin with a colon come before all others (§8.3), so a literal that matters is in the first 16 KiB.
/// </para>
/// </remarks>
internal static class HeadersFrame
{
    /// <summary>RFC 7541 appendix A: <c>:authority</c> in the static table.</summary>
    private const int AuthorityIndex = 1;

    private const int PriorityBytes = 5;

    private static ReadOnlySpan<byte> AuthorityName => ":authority"u8;

    /// <summary>Whether <see cref="Repair"/> would change a frame.</summary>
    public static bool NeedsRepair(ReadOnlySpan<byte> frame)
    {
        Span<byte> authority = stackalloc byte[RequestAuthority.CharactersMax];
        return TryFind(frame, authority, out _, out _);
    }

    /// <summary>
    /// Puts a whole frame in order, in place; returns how many bytes it has then, which are never more. What is not
    /// understood is left as it is.
    /// </summary>
    public static int Repair(Span<byte> frame)
    {
        Span<byte> authority = stackalloc byte[RequestAuthority.CharactersMax];
        if (!TryFind(frame, authority, out HpackString literal, out Range hostAndPort))
        {
            return frame.Length;
        }

        // A part of the characters, written the same way as before, takes at most the room that all of them took.
        int written = HpackString.Write(frame[literal.Start..], authority[hostAndPort], literal.IsHuffman);
        frame[literal.End..].CopyTo(frame[(literal.Start + written)..]);
        int frameBytes = frame.Length - (literal.End - literal.Start - written);
        Http2FrameHeader.WritePayloadBytes(frame, frameBytes - Http2FrameHeader.Bytes);
        return frameBytes;
    }

    /// <summary>The literal to replace, in the coordinates of the frame, and which part of its characters replaces it.</summary>
    private static bool TryFind(ReadOnlySpan<byte> frame, Span<byte> authority, out HpackString literal, out Range hostAndPort)
    {
        literal = default;
        hostAndPort = default;
        if (!TryGetBlock(frame, out int start, out int end) || !TryFindAuthority(frame[start..end], out HpackString found))
        {
            return false;
        }

        literal = new HpackString(start + found.Start, start + found.ContentStart, start + found.End, found.IsHuffman);
        return literal.TryGetCharacters(frame, authority, out int characters)
            && RequestAuthority.TryRepair(authority[..characters], out hostAndPort);
    }

    /// <summary>
    /// The payload without its frills (RFC 9113 §6.2): the number of bytes of padding comes first and the padding last;
    /// the priority comes before the block.
    /// </summary>
    private static bool TryGetBlock(ReadOnlySpan<byte> frame, out int start, out int end)
    {
        var header = Http2FrameHeader.Read(frame);
        start = Http2FrameHeader.Bytes;
        end = frame.Length;
        if ((header.Flags & Http2FrameHeader.PaddedFlag) != 0)
        {
            if (start == end)
            {
                return false;
            }

            end -= frame[start++];
        }

        if ((header.Flags & Http2FrameHeader.PriorityFlag) != 0)
        {
            start += PriorityBytes;
        }

        return start <= end;
    }

    private static bool TryFindAuthority(ReadOnlySpan<byte> block, out HpackString value)
    {
        var walker = new HpackFieldWalker(block);
        while (walker.TryReadNext(out HpackField field))
        {
            if (field.IsLiteral && (field.Index == AuthorityIndex || (field.Index == 0 && IsAuthorityName(block, field.Name))))
            {
                value = field.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    private static bool IsAuthorityName(ReadOnlySpan<byte> block, HpackString name)
    {
        Span<byte> characters = stackalloc byte[AuthorityName.Length];
        return name.TryGetCharacters(block, characters, out int written) && characters[..written].SequenceEqual(AuthorityName);
    }
}
