using System.Text;

namespace Quorate.Raft.Tests.Scenarios;

/// <summary>
/// A scenario: comments begin with <c>#</c>, commands with <c>&gt;</c>, and what a command printed is indented below it.
/// The file is script and golden output in one, so that it reads as a conversation.
/// </summary>
public static class ScenarioFile
{
    private const string CommandMark = "> ";
    private const string OutputIndent = "    ";
    private const int LinesOnFailure = 60;

    /// <summary>Runs the commands of a scenario.</summary>
    /// <returns>The scenario with the output that the commands have now.</returns>
    public static string Run(string text)
    {
        var result = new StringBuilder();
        var runner = new ScenarioRunner();
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith(OutputIndent, StringComparison.Ordinal))
            {
                continue;
            }

            result.Append(line).Append('\n');
            if (line.StartsWith(CommandMark, StringComparison.Ordinal))
            {
                RunCommand(runner, line[CommandMark.Length..], result);
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                throw new FormatException($"neither a comment, nor a command, nor output: {line}");
            }
        }

        return result.ToString();
    }

    private static void RunCommand(ScenarioRunner runner, string command, StringBuilder result)
    {
        try
        {
            foreach (string output in runner.Run(command))
            {
                result.Append(OutputIndent).Append(output).Append('\n');
            }
        }
        catch (Exception problem)
        {
            string soFar = string.Join('\n', result.ToString().Split('\n').TakeLast(LinesOnFailure));
            throw new InvalidOperationException($"{problem.Message}\nat the end of:\n{soFar}", problem);
        }
    }

    /// <summary>The first difference, with the lines around it; null where there is none.</summary>
    public static string? Difference(string expected, string actual)
    {
        string[] left = expected.Split('\n');
        string[] right = actual.Split('\n');
        int at = 0;
        while (at < left.Length && at < right.Length && left[at] == right[at])
        {
            at++;
        }

        if (at == left.Length && at == right.Length)
        {
            return null;
        }

        var text = new StringBuilder();
        text.Append("differs from line ").Append(at + 1).Append(" on (- golden, + now):\n");
        foreach (string line in left[Math.Max(0, at - 5)..at])
        {
            text.Append("  ").Append(line).Append('\n');
        }

        foreach (string line in left.Skip(at).Take(8))
        {
            text.Append("- ").Append(line).Append('\n');
        }

        foreach (string line in right.Skip(at).Take(8))
        {
            text.Append("+ ").Append(line).Append('\n');
        }

        return text.ToString();
    }
}
