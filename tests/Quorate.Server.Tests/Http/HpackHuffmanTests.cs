using System.Text;
using Quorate.Server.Http;

namespace Quorate.Server.Tests.Http;

/// <summary>RFC 7541 §5.2 and appendix B, with the strings of appendix C.</summary>
public sealed class HpackHuffmanTests
{
    [Theory]
    [InlineData("www.example.com", "f1e3c2e5f23a6ba0ab90f4ff")]
    [InlineData("no-cache", "a8eb10649cbf")]
    [InlineData("custom-key", "25a849e95ba97d7f")]
    [InlineData("custom-value", "25a849e95bb8e8b4bf")]
    [InlineData("302", "6402")]
    [InlineData("307", "640eff")]
    [InlineData("private", "aec3771a4b")]
    [InlineData("Mon, 21 Oct 2013 20:13:21 GMT", "d07abe941054d444a8200595040b8166e082a62d1bff")]
    [InlineData("https://www.example.com", "9d29ad171863c78f0b97c8e9ae82ae43d3")]
    [InlineData("gzip", "9bd9ab")]
    [InlineData("foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1", "94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")]
    public void The_examples_are_decoded_and_encoded(string characters, string hex)
    {
        byte[] encoded = Convert.FromHexString(hex);
        byte[] decoded = new byte[characters.Length];
        HpackHuffman.TryDecode(encoded, decoded, out int written).ShouldBeTrue();
        Encoding.ASCII.GetString(decoded, 0, written).ShouldBe(characters);

        HpackHuffman.EncodedBytes(decoded).ShouldBe(encoded.Length);
        byte[] again = new byte[encoded.Length];
        HpackHuffman.Encode(decoded, again).ShouldBe(encoded.Length);
        again.ShouldBe(encoded);
    }

    /// <summary>Codes of appendix B that the examples do not have, each filled up with ones.</summary>
    [Theory]
    [InlineData('&', "f8")]
    [InlineData('!', "fe3f")]
    [InlineData('?', "ff3f")]
    [InlineData('\'', "ff5f")]
    [InlineData('|', "ff9f")]
    [InlineData('#', "ffaf")]
    [InlineData('>', "ffbf")]
    [InlineData('$', "ffcf")]
    [InlineData('[', "ffdf")]
    [InlineData(']', "ffe7")]
    [InlineData('~', "ffef")]
    [InlineData('^', "fff3")]
    [InlineData('}', "fff7")]
    [InlineData('<', "fff9")]
    [InlineData('`', "fffb")]
    [InlineData('{', "fffd")]
    public void Longer_codes_are_those_of_the_table(char character, string hex)
    {
        byte[] decoded = new byte[2];
        HpackHuffman.TryDecode(Convert.FromHexString(hex), decoded, out int written).ShouldBeTrue();
        decoded[..written].ShouldBe([(byte)character]);
    }

    [Fact]
    public void Every_visible_character_but_the_backslash_can_be_told_from_every_other()
    {
        byte[] all = [.. Enumerable.Range(' ', '~' - ' ' + 1).Where(c => c != '\\').Select(c => (byte)c)];
        foreach (byte first in all)
        {
            foreach (byte second in all)
            {
                byte[] encoded = new byte[4];
                int bytes = HpackHuffman.Encode([first, second], encoded);
                byte[] decoded = new byte[2];
                HpackHuffman.TryDecode(encoded.AsSpan(0, bytes), decoded, out int written).ShouldBeTrue();
                decoded[..written].ShouldBe([first, second]);
            }
        }
    }

    [Theory]
    [InlineData("f1e3c2e5f23a6ba0ab90f4ffff", "eight ones and more at the end")]
    [InlineData("07f8", "three bits of zeros at the end")]
    [InlineData("640efe", "the last bits are not ones")]
    [InlineData("ffffffff", "the code that ends no string")]
    [InlineData("fffe07", "a backslash")]
    public void What_is_not_a_string_is_refused(string hex, string because) =>
        HpackHuffman.TryDecode(Convert.FromHexString(hex), new byte[100], out int _).ShouldBeFalse(because);

    [Fact]
    public void What_does_not_fit_is_refused() =>
        HpackHuffman.TryDecode(Convert.FromHexString("a8eb10649cbf"), new byte[7], out _).ShouldBeFalse();
}
