using System.CommandLine;
using System.CommandLine.Parsing;
using Quorate.Server.CommandLine;
using Quorate.Server.Configuration;

RootCommand root = ProgramCommand.Create();
if (args.Length == 0 && EnvironmentVariables.NameServer(Environment.GetEnvironmentVariable))
{
    args = ["serve"];
}

if (args.Length == 0)
{
    await root.Parse(["--help"]).InvokeAsync();
    return ExitCode.Usage;
}

try
{
    args = RawText.ReadArguments(args);
}
catch (FormatException e)
{
    return Terminal.Fail(ExitCode.Usage, e.Message);
}

ParseResult parsed = root.Parse(Arguments.Normalize(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
string[] problems = [.. ParseProblems.Find(parsed), .. StrayOptions.Find(parsed)];
if (problems.Length > 0)
{
    foreach (string problem in problems)
    {
        Terminal.Fail(ExitCode.Usage, problem);
    }

    Console.Error.WriteLine($"'quorate {NameOf(parsed.CommandResult)}--help' lists what there is.");
    return ExitCode.Usage;
}

// As it is typed: "lease grant ".
static string NameOf(CommandResult command) => command.Parent is CommandResult parent ? $"{NameOf(parent)}{command.Command.Name} " : string.Empty;

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });
