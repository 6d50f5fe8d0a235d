using System.CommandLine;
using Quorate.Bench.Growth;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.Bench.Comparison;

/// <summary>The commands that measure clusters of processes with <c>quorate bench</c>.</summary>
internal static class ComparisonCommands
{
    private enum Output
    {
        Text,
        Json,
    }

    public static IEnumerable<Command> Create(Option<double> seconds, Option<int> rounds, Option<int> keys)
    {
        Option<FileInfo> binary = new Option<FileInfo>("--binary") { Description = $"The quorate to measure; default: what {Programs.BinaryVariable} names, else what was built beside this." }.AcceptExistingOnly();
        var only = new Option<string[]>("--only") { Description = "Only what has this in its name; may be given several times." };
        var warmUp = new Option<double>("--warm-up") { Description = "Seconds of each load before it is measured.", DefaultValueFactory = _ => 5 };
        var slowRounds = new Option<int>("--slow-rounds") { Description = "Rounds that load the many keys for memory and start-up too.", DefaultValueFactory = _ => 1 };
        var killings = new Option<int>("--killings") { Description = "Leaders killed in each round.", DefaultValueFactory = _ => 10 };
        var output = new Option<Output>("--output", "-o") { Description = "text for people, json for scripts." };
        var compare = new Command("compare", "Loads, failover, memory and start-up of etcd and of ours, in turn: figures, ratios and whether the bars are met. Beside it the engine alone.")
        {
            seconds, warmUp, rounds, only, binary, slowRounds, killings, keys, output,
        };
        compare.SetAction(async (result, _) =>
        {
            Choose(result.GetValue(binary));
            return await ComparisonRun.RunAsync(new ComparisonSettings
            {
                Duration = TimeSpan.FromSeconds(result.GetValue(seconds)),
                WarmUp = TimeSpan.FromSeconds(result.GetValue(warmUp)),
                Rounds = result.GetValue(rounds),
                SlowRounds = result.GetValue(slowRounds),
                Killings = result.GetValue(killings),
                Keys = result.GetValue(keys),
                Only = result.GetValue(only) ?? [],
                Json = result.GetValue(output) == Output.Json,
            });
        });
        yield return compare;

        var keysMax = new Option<int>("--keys-max") { Description = "Most keys; 10000000 asks for 10 GiB of memory and some minutes.", DefaultValueFactory = _ => 1_000_000 };
        var grow = new Command("grow", "How the cost of writes and local reads grows with members, size of values, clients, keys and history.") { seconds, warmUp, only, binary, keysMax };
        grow.SetAction(async (result, _) =>
        {
            Choose(result.GetValue(binary));
            return await GrowthRun.RunAsync(TimeSpan.FromSeconds(result.GetValue(warmUp)), TimeSpan.FromSeconds(result.GetValue(seconds)), result.GetValue(only) ?? [], result.GetValue(keysMax));
        });
        yield return grow;

        var calls = new Option<int>("--calls") { Description = "Writes that are made meanwhile.", DefaultValueFactory = _ => 1000 };
        var flushes = new Command("flushes", "Counts by strace the flushes of each member while one client writes: each write needs one on a majority.") { calls, binary };
        flushes.SetAction(async (result, _) =>
        {
            Choose(result.GetValue(binary));
            return await FlushCount.RunAsync(result.GetValue(calls));
        });
        yield return flushes;
    }

    /// <summary>The harness reads it once, when it is first asked which program to run.</summary>
    private static void Choose(FileInfo? binary)
    {
        if (binary is not null)
        {
            Environment.SetEnvironmentVariable(Programs.BinaryVariable, binary.FullName);
        }
    }
}
