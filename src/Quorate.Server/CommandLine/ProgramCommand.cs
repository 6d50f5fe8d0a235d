using System.CommandLine;
using System.CommandLine.Help;
using Quorate.Server.CommandLine.Simulation;

namespace Quorate.Server.CommandLine;

/// <summary>The program's whole command line.</summary>
internal static class ProgramCommand
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Quorate: a replicated key-value store that speaks the etcd v3 API.")
        {
            ServeCommand.Create(),
            DevelopCommand.Create(),
        };
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
        root.Add(VersionCommand.Create(root.Options.OfType<VersionOption>().Single()));
        TypedHelp.AddTo(root, root.Options.OfType<HelpOption>().Single());
        return root;
    }
}
