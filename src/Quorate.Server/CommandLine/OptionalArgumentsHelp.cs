using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Quorate.Server.CommandLine;

/// <summary>
/// Help in which an argument that may be left out stands in brackets wherever it is named: the library does so in the
/// usage of a command, and not where commands or arguments are listed.
/// </summary>
internal sealed class OptionalArgumentsHelp : SynchronousCommandLineAction
{
    private readonly HelpAction _help;

    private OptionalArgumentsHelp(HelpAction help)
    {
        _help = help;
    }

    public override bool ClearsParseErrors => _help.ClearsParseErrors;

    public static void AddTo(Command root, HelpOption option)
    {
        Mark(root);
        option.Action = new OptionalArgumentsHelp((HelpAction)option.Action!);
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
        output.Write(help.ToString().Replace("<[", "[<", StringComparison.Ordinal).Replace("]>", ">]", StringComparison.Ordinal));
        return exitCode;
    }

    /// <summary>Puts brackets around the names of those that may be left out; help has their names between angle brackets.</summary>
    private static void Mark(Command command)
    {
        foreach (Argument argument in command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues == 0))
        {
            argument.HelpName = $"[{argument.HelpName ?? argument.Name}]";
        }

        foreach (Command below in command.Subcommands)
        {
            Mark(below);
        }
    }
}
