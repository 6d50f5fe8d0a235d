using System.Text;
using Quorate.Server.Http;

namespace Quorate.Server.Tests.Http;

/// <summary>RFC 7541 §6, with the examples of appendix C.</summary>
public sealed class HpackFieldWalkerTests
{
    [Theory]
    [InlineData("C.2.1", "400a637573746f6d2d6b65790d637573746f6d2d686561646572", "LiteralWithIndexing 0 custom-key=custom-header")]
    [InlineData("C.2.2", "040c2f73616d706c652f70617468", "LiteralWithoutIndexing 4 =/sample/path")]
    [InlineData("C.2.3", "100870617373776f726406736563726574", "LiteralNeverIndexed 0 password=secret")]
    [InlineData("C.2.4", "82", "Indexed 2")]
    [InlineData("C.3.1", "828684410f7777772e6578616d706c652e636f6d", "Indexed 2;Indexed 6;Indexed 4;LiteralWithIndexing 1 =www.example.com")]
    [InlineData("C.3.2", "828684be58086e6f2d6361636865", "Indexed 2;Indexed 6;Indexed 4;Indexed 62;LiteralWithIndexing 24 =no-cache")]
    [InlineData("C.3.3", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565", "Indexed 2;Indexed 7;Indexed 5;Indexed 63;LiteralWithIndexing 0 custom-key=custom-value")]
    [InlineData("C.4.1", "828684418cf1e3c2e5f23a6ba0ab90f4ff", "Indexed 2;Indexed 6;Indexed 4;LiteralWithIndexing 1 =www.example.com")]
    [InlineData("C.4.2", "828684be5886a8eb10649cbf", "Indexed 2;Indexed 6;Indexed 4;Indexed 62;LiteralWithIndexing 24 =no-cache")]
    [InlineData("C.4.3", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", "Indexed 2;Indexed 7;Indexed 5;Indexed 63;LiteralWithIndexing 0 custom-key=custom-value")]
    [InlineData("C.6.1", "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3", "LiteralWithIndexing 8 =302;LiteralWithIndexing 24 =private;LiteralWithIndexing 33 =Mon, 21 Oct 2013 20:13:21 GMT;LiteralWithIndexing 46 =https://www.example.com")]
    [InlineData("§6.3", "203fe11f82", "SizeUpdate 0;SizeUpdate 4096;Indexed 2")]
    public void The_examples_are_walked(string section, string hex, string expected) =>
        string.Join(';', Walk(Convert.FromHexString(hex))).ShouldBe(expected, section);

    [Fact]
    public void A_block_that_is_cut_off_anywhere_yields_the_items_before()
    {
        byte[] block = Convert.FromHexString("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf203fe11f");
        List<string> all = Walk(block);
        for (int length = 0; length < block.Length; length++)
        {
            List<string> some = Walk(block[..length]);
            some.ShouldBe(all[..some.Count]);
            some.Count.ShouldBeLessThan(all.Count);
        }
    }

    private static List<string> Walk(byte[] block)
    {
        List<string> fields = [];
        var walker = new HpackFieldWalker(block);
        while (walker.TryReadNext(out HpackField field))
        {
            fields.Add(field.IsLiteral
                ? $"{field.Representation} {field.Index} {(field.Index == 0 ? Characters(block, field.Name) : "")}={Characters(block, field.Value)}"
                : $"{field.Representation} {field.Index}");
        }

        return fields;
    }

    private static string Characters(byte[] block, HpackString text)
    {
        byte[] characters = new byte[100];
        text.TryGetCharacters(block, characters, out int written).ShouldBeTrue();
        return Encoding.ASCII.GetString(characters, 0, written);
    }
}
