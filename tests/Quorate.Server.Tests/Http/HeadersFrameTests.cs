using Quorate.Server.Http;
using static Quorate.Server.Tests.Http.Http2Bytes;

namespace Quorate.Server.Tests.Http;

public sealed class HeadersFrameTests
{
    private const string Url = "http://127.0.0.1:12379";
    private const string HostAndPort = "127.0.0.1:12379";

    [Theory]
    [InlineData(false, 0x40)]
    [InlineData(false, 0x00)]
    [InlineData(false, 0x10)]
    [InlineData(true, 0x40)]
    [InlineData(true, 0x00)]
    [InlineData(true, 0x10)]
    public void A_literal_is_written_as_before_but_shorter(bool huffman, byte kind)
    {
        byte[] Block(string authority) =>
            [0x83, 0x86, .. Literal(4, "/etcdserverpb.KV/Put", huffman, kind), .. Literal(1, authority, huffman, kind), .. Literal("te", "trailers", huffman, kind)];

        Repaired(Frame(Headers, EndHeaders, 3, Block(Url))).ShouldBe(Frame(Headers, EndHeaders, 3, Block(HostAndPort)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_name_may_be_written_out(bool huffman) =>
        Repaired(Frame(Headers, EndHeaders, 1, [0x82, .. Literal(":authority", Url, huffman)]))
            .ShouldBe(Frame(Headers, EndHeaders, 1, [0x82, .. Literal(":authority", HostAndPort, huffman)]));

    [Fact]
    public void Padding_and_priority_stay()
    {
        byte[] Payload(string authority) => [3, 0x80, 0, 0, 5, 17, 0x82, .. Literal(1, authority, huffman: true), 0, 0, 0];

        Repaired(Frame(Headers, EndHeaders | Padded | Priority, 1, Payload(Url)))
            .ShouldBe(Frame(Headers, EndHeaders | Padded | Priority, 1, Payload(HostAndPort)));
    }

    [Fact]
    public void A_block_that_goes_on_in_other_frames_is_put_in_order_as_far_as_it_is_here()
    {
        byte[] Beginning(string authority) => [0x82, .. Literal(1, authority), .. Literal("x", "a value that is cut off")[..^7]];

        Repaired(Frame(Headers, 0, 1, Beginning(Url))).ShouldBe(Frame(Headers, 0, 1, Beginning(HostAndPort)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(128)]
    [InlineData(300)]
    [InlineData(1000)]
    public void Names_of_any_length_get_shorter(int length)
    {
        foreach (bool huffman in (bool[])[false, true])
        {
            foreach (char character in "a0z&~")
            {
                string host = new(character, length);
                Repaired(Request(1, $"http://{host}", huffman)).ShouldBe(Request(1, host, huffman));
            }
        }
    }

    [Fact]
    public void A_name_that_is_too_long_is_left_to_Kestrel()
    {
        byte[] frame = Request(1, $"http://{new string('a', RequestAuthority.CharactersMax)}");
        Repaired(frame).ShouldBe(frame);
    }

    [Theory]
    [InlineData("01 00", "only an empty authority")]
    [InlineData("41 07 687474703a2f2f", "a scheme and nothing else")]
    [InlineData("41 08 687474703a2f2f", "cut off")]
    [InlineData("42 08 687474703a2f2f61", "of another name")]
    [InlineData("40 01 78 08 687474703a2f2f61", "of another name, written out")]
    [InlineData("7e 08 687474703a2f2f61", "of a name in the dynamic table, which is not known here")]
    [InlineData("41 81 00", "characters that cannot be decoded")]
    [InlineData("41 01 61 41 08 687474703a2f2f61", "the second of two: malformed, and to be refused")]
    [InlineData("", "nothing")]
    public void What_has_nothing_to_repair_stays(string block, string because)
    {
        byte[] frame = Frame(Headers, EndHeaders, 1, FromHex(block));
        Repaired(frame).ShouldBe(frame, because);
    }

    [Theory]
    [InlineData(Padded, "")]
    [InlineData(Padded, "05 00")]
    [InlineData(Padded, "ff 41 08 687474703a2f2f61")]
    [InlineData(Priority, "41 08 68")]
    [InlineData(Padded | Priority, "00 41 08")]
    public void Padding_or_priority_that_does_not_fit_is_left_to_Kestrel(byte flags, string payload)
    {
        byte[] frame = Frame(Headers, flags, 1, FromHex(payload));
        Repaired(frame).ShouldBe(frame);
    }

    [Fact]
    public void Arbitrary_payloads_never_grow_and_keep_their_lengths_right()
    {
        var random = new Random(7);
        byte[] piece = [0x41, 0x08, .. "http://a"u8, 0x41, 0x86, 0x9d, 0x29, 0xae, 0xe3, 0x0c, 0x07];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] payload = new byte[random.Next(60)];
            random.NextBytes(payload);
            int at = random.Next(payload.Length + 1);
            payload = [.. payload[..at], .. piece[random.Next(piece.Length)..], .. payload[at..]];
            byte[] frame = Frame(Headers, (byte)random.Next(256), 1, payload);

            byte[] repaired = Repaired(frame);

            repaired.Length.ShouldBeLessThanOrEqualTo(frame.Length);
            Http2FrameHeader.Read(repaired).FrameBytes.ShouldBe(repaired.Length);
            repaired[3..9].ShouldBe(frame[3..9]);
            HeadersFrame.NeedsRepair(frame).ShouldBe(!repaired.SequenceEqual(frame));
        }
    }

    private static byte[] Repaired(byte[] frame)
    {
        byte[] copy = [.. frame];
        return copy[..HeadersFrame.Repair(copy)];
    }
}
