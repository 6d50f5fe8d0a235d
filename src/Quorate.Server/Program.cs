using System.CommandLine;
using System.CommandLine.Parsing;
using Quorate.Server.CommandLine;
using Quorate.Server.CommandLine.Simulation;
using Quorate.Server.Configuration;

var root = new RootCommand("Quorate: a replicated key-value store that speaks the etcd v3 API.");
root.Add(ServeCommand.Create());
root.Add(DevelopCommand.Create());
foreach (Command command in (IEnumerable<Command>)[.. KeyValueCommands.Create(), WatchCommand.Create(), LeaseCommands.Create(), .. CoordinationCommands.Create(), .. ClusterCommands.Create()])
{
    root.Add(command);
}

root.Add(AlarmCommand.Create());
root.Add(SnapshotCommand.Create());
root.Add(ImportCommand.Create());
root.Add(ExportCommand.Create());
root.Add(SimulateCommand.Create());
root.Add(BenchmarkCommand.Create());

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
string[] problems = [.. parsed.Errors.Select(error => Plain(error.Message)).Distinct(), .. StrayOptions.Find(parsed)];
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

// The parser names types and speaks in several lines; who calls wants neither.
static string Plain(string message) => message
    .Replace("expected type 'System.Double'", "a number", StringComparison.Ordinal)
    .Replace("expected type 'System.Int32'", "a whole number", StringComparison.Ordinal)
    .Replace("expected type 'System.Int64'", "a whole number", StringComparison.Ordinal)
    .Replace($"expected type '{typeof(OutputFormat)}'", "a format", StringComparison.Ordinal)
    .ReplaceLineEndings(" ")
    .Trim();

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });
