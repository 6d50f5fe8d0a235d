using Quorate.Server.CommandLine;

namespace Quorate.Server.Tests;

public sealed class ArgumentsTests
{
    [Theory]
    [InlineData("--name a", "serve --name a")]
    [InlineData("-name a", "serve --name a")]
    [InlineData("serve -data-dir=x", "serve --data-dir=x")]
    [InlineData("--help", "--help")]
    [InlineData("--version", "--version")]
    [InlineData("put k -v", "put k -v")]
    [InlineData("", "")]
    public void A_flag_alone_means_serve_and_there_may_have_one_dash(string given, string meant) =>
        string.Join(' ', Arguments.Normalize(given.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ShouldBe(meant);
}
