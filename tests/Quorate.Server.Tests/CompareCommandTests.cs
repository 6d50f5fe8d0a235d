using System.CommandLine;
using Quorate.Server.CommandLine;
using Quorate.Server.CommandLine.Simulation;

namespace Quorate.Server.Tests;

/// <summary><c>quorate sim compare</c>.</summary>
public sealed class CompareCommandTests
{
    [Fact]
    public void It_prints_the_figures_of_both_protocols_in_plain_lines_where_there_is_no_terminal()
    {
        (int exitCode, string output) = Run("--duration", "2s", "--rate", "10", "--busy-rate", "20", "--faults", "none");

        exitCode.ShouldBe(ExitCode.Success);
        output.ShouldContain("Paxos, asked at any member: message delays 4");
        output.ShouldContain("  commands decided: Raft ");
        output.ShouldContain("without back-off: decided after not in 60 s");
    }

    [Theory]
    [InlineData("--faults", "nonsense")]
    [InlineData("--faults", "transfer")]
    [InlineData("--members", "1")]
    [InlineData("--rate", "0")]
    [InlineData("--duration", "soon")]
    public void What_cannot_be_compared_is_refused(string option, string value) =>
        Run(option, value).ExitCode.ShouldBe(ExitCode.Usage);

    private static (int ExitCode, string Output) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        Command command = CompareCommand.Create(_ => new SimulationConsole { Output = output, Progress = TextWriter.Null });
        return (command.Parse(arguments).Invoke(), output.ToString());
    }
}
