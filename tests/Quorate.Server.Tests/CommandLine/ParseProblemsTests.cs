using System.CommandLine;
using Quorate.Server.CommandLine;

namespace Quorate.Server.Tests.CommandLine;

public sealed class ParseProblemsTests
{
    [Theory]
    [InlineData("sim --seed x", "Cannot parse argument 'x' for option '--seed' as a whole number from 0 on.")]
    [InlineData("sim --members x", "Cannot parse argument 'x' for option '--members' as a whole number.")]
    [InlineData("sim --hours x", "Cannot parse argument 'x' for option '--hours' as a number.")]
    [InlineData("bench Foo", "Cannot parse argument 'Foo' for command 'bench' as one of put, get, range, txn, watch.")]
    [InlineData("get k --output yaml", "Cannot parse argument 'yaml' for option '--output' as one of text, json.")]
    [InlineData("export --format foo", "Argument 'foo' not recognized. Must be one of: 'json' 'key-value'")]
    public void What_is_accepted_is_told(string line, string problem) =>
        ParseProblems.Find(ProgramCommand.Create().Parse(line.Split(' '))).ShouldBe([problem]);

    [Fact]
    public void No_option_and_no_argument_of_any_command_is_told_by_a_type_of_dotnet()
    {
        RootCommand root = ProgramCommand.Create();
        string[] problems = [.. All(root, []).SelectMany(line => ParseProblems.Find(root.Parse(line)))];

        problems.ShouldContain(problem => problem.Contains("as a whole number", StringComparison.Ordinal));
        problems.ShouldAllBe(problem => !problem.Contains("type", StringComparison.Ordinal));
        problems.ShouldAllBe(problem => !problem.Contains("what is meant", StringComparison.Ordinal));
    }

    /// <summary>Each command with something senseless for each of its options, and for all its arguments.</summary>
    private static IEnumerable<string[]> All(Command command, string[] path)
    {
        string[] arguments = [.. command.Arguments.Select(_ => "???")];
        yield return [.. path, .. arguments];
        foreach (Option option in command.Options)
        {
            yield return [.. path, .. arguments, option.Name, "???"];
        }

        foreach (Command below in command.Subcommands)
        {
            foreach (string[] line in All(below, [.. path, below.Name]))
            {
                yield return line;
            }
        }
    }
}
