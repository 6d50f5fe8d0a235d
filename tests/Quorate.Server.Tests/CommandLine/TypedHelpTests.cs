using System.CommandLine;
using Quorate.Server.CommandLine;

namespace Quorate.Server.Tests.CommandLine;

public sealed class TypedHelpTests
{
    [Fact]
    public void An_argument_that_may_be_left_out_stands_in_brackets_where_commands_are_listed()
    {
        string[] lines = [.. Help("--help").Split('\n').Select(line => line.TrimEnd())];

        lines.ShouldContain(line => line.StartsWith("  put <key> [<value>] ", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("  get <key> [<end>] ", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("  txn [<file>] ", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("  import <file> ", StringComparison.Ordinal));
        lines.Where(line => line.StartsWith("  get ", StringComparison.Ordinal) || line.StartsWith("  import ", StringComparison.Ordinal))
            .Select(line => Math.Max(line.IndexOf("Read a key", StringComparison.Ordinal), line.IndexOf("Store the records", StringComparison.Ordinal)))
            .Distinct().Count().ShouldBe(1, "what they do is in one column");
    }

    [Fact]
    public void And_in_the_help_of_its_command()
    {
        string help = Help("get", "--help");

        help.ShouldContain(" get <key> [<end>] [options]");
        help.ShouldContain("  <key> ");
        help.ShouldContain("  [<end>] ");
    }

    [Fact]
    public void Names_to_choose_from_are_written_as_they_are_typed()
    {
        string help = Help("bench", "--help");

        help.ShouldContain("<put|get|range|txn|watch>");
        help.ShouldContain("--output <text|json>");
    }

    [Fact]
    public void And_so_are_those_that_an_option_has_without_being_given()
    {
        Help("get", "--help").ShouldContain("[default: text]");
        Help("bench", "--help").ShouldContain("[default: text]");
        Help("export", "--help").ShouldContain("[default: json]");
        Help("dev", "--help").ShouldContain("[default: 3]");
    }

    private static string Help(params string[] line)
    {
        using var output = new StringWriter();
        ProgramCommand.Create().Parse(line).Invoke(new InvocationConfiguration { Output = output }).ShouldBe(0);
        return output.ToString();
    }
}
