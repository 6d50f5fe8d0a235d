using System.CommandLine;
using Quorate.Server.CommandLine;

var root = new RootCommand("Quorate: a replicated key-value store that speaks the etcd v3 API.");
root.Add(ServeCommand.Create());
root.Add(DevelopCommand.Create());
foreach (Command command in (IEnumerable<Command>)[.. KeyValueCommands.Create(), .. ClusterCommands.Create()])
{
    root.Add(command);
}

root.Add(ImportCommand.Create());
root.Add(ExportCommand.Create());

ParseResult parsed = root.Parse(Arguments.Normalize(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Errors.Count > 0)
{
    foreach (var problem in parsed.Errors)
    {
        Terminal.Fail(ExitCode.Usage, problem.Message);
    }

    Console.Error.WriteLine($"'quorate {(parsed.CommandResult.Command is RootCommand ? string.Empty : parsed.CommandResult.Command.Name + " ")}--help' lists what there is.");
    return ExitCode.Usage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });
