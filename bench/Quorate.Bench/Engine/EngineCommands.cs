using System.CommandLine;

namespace Quorate.Bench.Engine;

/// <summary>The commands that measure the engine without a server around it.</summary>
internal static class EngineCommands
{
    public static IEnumerable<Command> Create(Option<double> seconds, Option<int> rounds)
    {
        var folder = new Option<string>("--folder") { Description = "Where the files go: on the disk to be measured.", DefaultValueFactory = _ => Path.GetTempPath() };
        var writers = new Option<int>("--writers") { Description = "Only so many writers; 0 for 1, 64 and 1024 in turn." };

        var engine = new Command("engine", "Commits of three members in this process over loopback TCP and real log files.") { seconds, rounds, writers, folder };
        engine.SetAction(async (result, _) => await EngineRun.RunAsync(
            TimeSpan.FromSeconds(result.GetValue(seconds)), result.GetValue(rounds), result.GetValue(writers), result.GetValue(folder)!));
        yield return engine;

        var core = new Command("core", "Entries committed by three cores stepped in one thread, in batches of 64.") { seconds, rounds };
        core.SetAction(result => CoreRun.Run(TimeSpan.FromSeconds(result.GetValue(seconds)), result.GetValue(rounds)));
        yield return core;

        var log = new Command("log", "Flushes of the log beside those of the raw disk; one writer's commit beside flush and round trip.") { seconds, rounds, folder };
        log.SetAction(async (result, _) => await LogRun.RunAsync(
            TimeSpan.FromSeconds(result.GetValue(seconds)), result.GetValue(rounds), result.GetValue(folder)!));
        yield return log;
    }
}
