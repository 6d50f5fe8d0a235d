using System.CommandLine;
using Quorate.Simulation.Comparison;
using Quorate.Simulation.Runs;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary><c>quorate sim compare</c>: Raft and Paxos over the same load and the same failures.</summary>
internal static class CompareCommand
{
    private const int MembersMax = 9;

    public static Command Create(Func<OutputFormat, SimulationConsole> console)
    {
        var defaults = new ComparisonOptions();
        var command = new Command("compare", "Run Raft and Paxos over the same load and the same failures, and print what it costs them (docs/paxos-raft-zab.md).");
        var seed = new Option<ulong>("--seed") { Description = "The same seed gives the same figures.", HelpName = "N", DefaultValueFactory = static _ => 1 };
        var members = new Option<int>("--members") { Description = $"Members, 2 to {MembersMax}.", HelpName = "N", DefaultValueFactory = _ => defaults.Members };
        var rate = new Option<int>("--rate") { Description = "Commands a virtual second, 1 to 10000.", HelpName = "N", DefaultValueFactory = _ => defaults.CommandsPerSecond };
        var busy = new Option<int>("--busy-rate") { Description = "The same for the busy part, 1 to 10000.", HelpName = "N", DefaultValueFactory = _ => defaults.BusyCommandsPerSecond };
        var duration = new Option<string>("--duration") { Description = "Virtual time of load: 60s, 5m, 1h.", HelpName = "TIME", DefaultValueFactory = static _ => "60s" };
        var faults = new Option<string>("--faults")
        {
            Description = "Families of faults for both, separated by commas, or none.",
            HelpName = "A,B",
            DefaultValueFactory = _ => string.Join(',', defaults.Faults.Select(static family => family.Name)),
        };
        var output = new Option<OutputFormat>("--output", "-o") { Description = "text for people, json for scripts.", DefaultValueFactory = static _ => OutputFormat.Text };
        foreach (Option option in (Option[])[seed, members, rate, busy, duration, faults, output])
        {
            command.Add(option);
        }

        command.SetAction(result =>
        {
            try
            {
                var options = defaults with
                {
                    Members = Between(2, result.GetValue(members), MembersMax, members.Name),
                    CommandsPerSecond = Between(1, result.GetValue(rate), 10_000, rate.Name),
                    BusyCommandsPerSecond = Between(1, result.GetValue(busy), 10_000, busy.Name),
                    Duration = SimulationArguments.Duration(result.GetValue(duration)!),
                    Faults = SimulationArguments.Faults(result.GetValue(faults)!),
                };
                ComparisonResult comparison = new ComparisonRun(result.GetValue(seed), options).Execute();
                if (result.GetValue(output) == OutputFormat.Json)
                {
                    ComparisonJson.Write(comparison);
                }
                else
                {
                    ComparisonText.Write(console(OutputFormat.Text), comparison);
                }

                return ExitCode.Success;
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                return Terminal.Fail(ExitCode.Usage, e.Message);
            }
        });
        return command;
    }

    private static int Between(int least, int value, int most, string name) =>
        value >= least && value <= most ? value : throw new FormatException($"{name} must be {least} to {most}, but is {value}");
}
