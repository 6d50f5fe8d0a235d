using System.CommandLine;

namespace Quorate.Bench.Elections;

/// <summary>The command line of the measurement of elections.</summary>
internal static class ElectionCommand
{
    public static Command Create()
    {
        var crashes = new Option<int>("--crashes") { Description = "Crashes with timeouts of 150 to 300 ms.", DefaultValueFactory = _ => 1000 };
        var others = new Option<int>("--others") { Description = "Crashes with each of the paper's other timeouts.", DefaultValueFactory = _ => 0 };
        var minutes = new Option<double>("--minutes") { Description = "Longest time for one pair of timeouts.", DefaultValueFactory = _ => 10 };
        var plot = new Option<string?>("--plot") { Description = "Where to write the distributions as SVG." };
        var command = new Command("elections", "The paper's figure 16: time to replace a leader that crashed, of five, with and without the evidence of connections.")
        {
            crashes, others, minutes, plot,
        };
        command.SetAction(async (result, _) => await ElectionRun.RunAsync(
            result.GetValue(crashes), result.GetValue(others), TimeSpan.FromMinutes(result.GetValue(minutes)), result.GetValue(plot)));
        return command;
    }
}
