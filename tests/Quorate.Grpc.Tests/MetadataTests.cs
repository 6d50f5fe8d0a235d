using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Tests;

public sealed class MetadataTests
{
    [Fact]
    public void Names_are_lower_case_and_found_in_any_case()
    {
        var metadata = new Metadata { { "Token", "a" }, { "token", "b" } };

        metadata[0].Key.ShouldBe("token");
        metadata.GetValue("TOKEN").ShouldBe("b");
        metadata.GetValue("other").ShouldBeNull();
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("größe")]
    public void A_text_that_a_header_cannot_carry_is_refused(string value)
    {
        Should.Throw<ArgumentException>(() => new Metadata { { "name", value } });
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("ä")]
    public void A_name_that_a_header_cannot_have_is_refused(string key)
    {
        Should.Throw<ArgumentException>(() => new Metadata { { key, "value" } });
    }

    [Fact]
    public void Bytes_and_texts_are_told_apart_by_the_name()
    {
        Should.Throw<ArgumentException>(() => new Metadata { { "name-bin", "text" } });
        Should.Throw<ArgumentException>(() => new Metadata { { "name", new byte[] { 1 } } });
    }

    [Fact]
    public void The_empty_metadata_stays_empty()
    {
        Should.Throw<InvalidOperationException>(() => Metadata.Empty.Add("a", "b"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain text: 1/2 ~")]
    [InlineData("100%")]
    [InlineData("größer 日本 \r\n\t\0")]
    [InlineData("😀")]
    public void A_text_for_people_travels_as_printable_ASCII_and_back(string text)
    {
        string encoded = PercentEncoding.Encode(text);

        encoded.ShouldAllBe(c => c >= ' ' && c <= '~');
        PercentEncoding.Decode(encoded).ShouldBe(text);
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz", "%zz")]
    [InlineData("a%41b", "aAb")]
    [InlineData("%41", "A")]
    public void What_is_wrongly_encoded_is_kept_as_it_is(string encoded, string text)
    {
        PercentEncoding.Decode(encoded).ShouldBe(text);
    }
}
