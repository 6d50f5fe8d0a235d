using Quorate.Server.CommandLine;

namespace Quorate.Server.Tests.CommandLine;

public sealed class AlarmTextTests
{
    [Theory]
    [InlineData("memberID:2571 alarm:NOSPACE", "memberID:a0b alarm:NOSPACE")]
    [InlineData("memberID:18446744073709551615 alarm:CORRUPT", "memberID:ffffffffffffffff alarm:CORRUPT")]
    [InlineData("memberID: alarm:NOSPACE", "memberID: alarm:NOSPACE")]
    [InlineData("memberID:12", "memberID:12")]
    [InlineData("etcdserver: no leader", "etcdserver: no leader")]
    [InlineData("", "")]
    public void The_member_of_an_alarm_is_named_as_everywhere_else(string theirs, string ours) => AlarmText.InHexadecimal(theirs).ShouldBe(ours);

    [Fact]
    public void An_alarm_reads_the_same_in_every_command() => AlarmText.Of(0xa0b, "NOSPACE").ShouldBe("memberID:a0b alarm:NOSPACE");
}
