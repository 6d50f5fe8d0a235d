using Quorate.Server.Configuration;

namespace Quorate.Server.Tests.Configuration;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("1h", 3_600_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("2.5s", 2_500)]
    [InlineData("100ms", 100)]
    [InlineData("1h1m1s1ms", 3_661_001)]
    [InlineData("1000000ns", 1)]
    [InlineData("1000us", 1)]
    [InlineData("0s", 0)]
    public void Numbers_with_units_are_added_up(string text, long milliseconds)
    {
        DurationText.TryParse(text, out TimeSpan duration).ShouldBeTrue();
        duration.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("h")]
    [InlineData("-1h")]
    [InlineData("1d")]
    [InlineData("1 h")]
    [InlineData("1h30")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999h")]
    public void Anything_else_is_no_duration(string text) => DurationText.TryParse(text, out _).ShouldBeFalse();
}
