using System.Text;
using Quorate.Server.CommandLine;

namespace Quorate.Server.Tests;

public sealed class RawTextTests
{
    [Fact]
    public void Any_bytes_come_back_as_they_were()
    {
        byte[] everyByte = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        byte[][] samples = [[], "häß 🎉 \ufffd"u8.ToArray(), everyByte, [0xff, 0xfe], [0xf0, 0x9f], [0xed, 0xa0, 0x80], [(byte)'a', 0xc3, (byte)'b']];
        foreach (byte[] sample in samples)
        {
            RawText.Encode(RawText.Decode(sample)).ToByteArray().ShouldBe(sample);
        }
    }

    [Fact]
    public void What_is_UTF_8_is_the_text_it_says()
    {
        RawText.Decode("häß 🎉"u8).ShouldBe("häß 🎉");
        RawText.Encode("häß 🎉").ToStringUtf8().ShouldBe("häß 🎉");
    }

    [Fact]
    public void Arguments_that_the_runtime_has_made_alike_are_told_apart_by_the_command_line()
    {
        byte[] commandLine = [.. "/bin/quorate\0put\0"u8, 0xff, 0, 0xfe, 0];
        string[] decoded = ["put", Encoding.UTF8.GetString([0xff]), Encoding.UTF8.GetString([0xfe])];

        string[] arguments = RawText.Match(commandLine, decoded).ShouldNotBeNull();

        arguments[0].ShouldBe("put");
        RawText.Encode(arguments[1]).ToByteArray().ShouldBe([0xff]);
        RawText.Encode(arguments[2]).ToByteArray().ShouldBe([0xfe]);
    }

    [Fact]
    public void A_command_line_of_something_else_is_not_taken() =>
        RawText.Match("quorate\0get\0k\0"u8, ["put", "k"]).ShouldBeNull();
}
