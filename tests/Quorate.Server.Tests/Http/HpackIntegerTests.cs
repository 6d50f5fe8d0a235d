using Quorate.Server.Http;

namespace Quorate.Server.Tests.Http;

/// <summary>RFC 7541 §5.1, with the examples of appendix C.1.</summary>
public sealed class HpackIntegerTests
{
    [Theory]
    [InlineData(10, 5, "0a")]
    [InlineData(1337, 5, "1f9a0a")]
    [InlineData(42, 8, "2a")]
    [InlineData(30, 5, "1e")]
    [InlineData(31, 5, "1f00")]
    [InlineData(127, 7, "7f00")]
    [InlineData(255, 7, "7f8001")]
    [InlineData(HpackInteger.ValueMax, 7, "7f80ffff7f")]
    public void The_examples_are_read_and_written(int value, int prefixBits, string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        int position = 0;
        HpackInteger.TryRead(bytes, ref position, prefixBits, out int read).ShouldBeTrue();
        read.ShouldBe(value);
        position.ShouldBe(bytes.Length);

        byte[] written = new byte[8];
        written[..HpackInteger.Write(written, 0, prefixBits, value)].ShouldBe(bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1f")]
    [InlineData("1f9a")]
    [InlineData("1fffffffffff")]
    [InlineData("1fffffffff0f")]
    [InlineData("1f80808080808080808001")]
    public void What_is_cut_off_or_too_large_is_refused(string hex)
    {
        int position = 0;
        HpackInteger.TryRead(Convert.FromHexString(hex), ref position, 5, out _).ShouldBeFalse();
    }

    [Fact]
    public void What_is_above_the_prefix_is_kept()
    {
        byte[] written = new byte[8];
        HpackInteger.Write(written, 0x80, 7, 5).ShouldBe(1);
        written[0].ShouldBe((byte)0x85);
    }
}
