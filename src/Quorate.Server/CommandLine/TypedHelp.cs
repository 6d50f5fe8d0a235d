using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.RegularExpressions;

namespace Quorate.Server.CommandLine;

/// <summary>
/// Help that says what to type: an argument that may be left out stands in brackets wherever it is named, which the library
/// does in the usage of a command and not where commands or arguments are listed; and names to choose from are written as
/// they are typed, and not as the program's own source has them.
/// </summary>
internal sealed partial class TypedHelp : SynchronousCommandLineAction
{
    private readonly HelpAction _help;

    private TypedHelp(HelpAction help)
    {
        _help = help;
    }

    public override bool ClearsParseErrors => _help.ClearsParseErrors;

    public static void AddTo(Command root, HelpOption option)
    {
        Name(root);
        option.Action = new TypedHelp((HelpAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        TextWriter output = parseResult.InvocationConfiguration.Output;
        using var help = new StringWriter();
        parseResult.InvocationConfiguration.Output = help;
        int exitCode;
        try
        {
            exitCode = _help.Invoke(parseResult);
        }
        finally
        {
            parseResult.InvocationConfiguration.Output = output;
        }

        // As many characters as before, so that the columns stay as wide as they were laid out.
        string text = help.ToString().Replace("<[", "[<", StringComparison.Ordinal).Replace("]>", ">]", StringComparison.Ordinal);
        string[] choices = [.. parseResult.CommandResult.Command.Options.SelectMany(option => ParseProblems.ChoicesOf(option.ValueType))];
        output.Write(Default().Replace(text, name => choices.FirstOrDefault(choice => choice.Equals(name.Value, StringComparison.OrdinalIgnoreCase)) ?? name.Value));
        return exitCode;
    }

    // A narrow terminal has the end of a line within it.
    [GeneratedRegex(@"(?<=\[default:\s+)\w+(?=\])")]
    private static partial Regex Default();

    private static void Name(Command command)
    {
        foreach (Option option in command.Options.Where(option => option.HelpName is null))
        {
            option.HelpName = ChoicesOf(option.ValueType);
        }

        foreach (Argument argument in command.Arguments)
        {
            argument.HelpName ??= ChoicesOf(argument.ValueType);
            if (argument.Arity.MinimumNumberOfValues == 0)
            {
                // Help puts names between angle brackets.
                argument.HelpName = $"[{argument.HelpName ?? argument.Name}]";
            }
        }

        foreach (Command below in command.Subcommands)
        {
            Name(below);
        }
    }

    private static string? ChoicesOf(Type type)
    {
        string[] choices = [.. ParseProblems.ChoicesOf(type)];
        return choices.Length > 0 ? string.Join('|', choices) : null;
    }
}
