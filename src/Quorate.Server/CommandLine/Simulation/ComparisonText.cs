using System.Globalization;
using Quorate.Simulation.Comparison;
using Spectre.Console;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>A comparison as tables on a terminal, and as lines of name and values elsewhere.</summary>
internal static class ComparisonText
{
    private static readonly string[] s_protocols = ["", "Raft", "Paxos"];

    public static void Write(SimulationConsole console, ComparisonResult result)
    {
        foreach ((string title, string[] columns, IEnumerable<string[]> rows) in Parts(result))
        {
            if (console.Terminal is { } terminal)
            {
                terminal.Write(Table(title, columns, rows));
            }
            else
            {
                Lines(console.Output, title, columns, rows);
            }
        }
    }

    /// <summary>What there is to print: a title, the columns' titles and the rows, whose first cell is their name.</summary>
    public static IEnumerable<(string Title, string[] Columns, IEnumerable<string[]> Rows)> Parts(ComparisonResult result)
    {
        ComparisonOptions options = result.Options;
        yield return ("Message delays from proposal to decision (two are a round trip)", ["", "message delays"],
            result.Delays.Select(static figures => (string[])[$"{figures.Protocol}, asked at {figures.ProposedAt}", Number(figures.MessageDelays, "0.##")]));
        yield return (Load($"{options.CommandsPerSecond} commands a second for {options.Duration.TotalSeconds:0} s, no faults"), s_protocols, Rows(result.Calm));
        yield return (Load($"{options.BusyCommandsPerSecond} commands a second for {options.BusyDuration.TotalSeconds:0} s, no faults"), s_protocols, Rows(result.Busy));
        yield return (
            Load($"{options.CommandsPerSecond} commands a second for {options.Duration.TotalSeconds:0} s, under {string.Join(", ", options.Faults)}"),
            s_protocols,
            Rows(result.UnderFaults));
        yield return ("Time until the next decision when a member is killed, or its machine loses its power", ["", "kills", "median", "longest"],
            result.Recovery.Select(static figures =>
                (string[])[$"{figures.Protocol}, {figures.Victim} {(figures.IsPowerLoss ? "loses its power" : "is killed")}", Count(figures.Kills), Milliseconds(figures.Median), Milliseconds(figures.Longest)]));
        yield return ("Two proposers at once, kept in step by fixed delays (single-decree Paxos)", ["", "decided after", "ballots", "preempted"],
            result.Duels.Select(figures => (string[])
            [
                BackOff(figures.BackOff),
                figures.DecidedAfter is { } decided ? Milliseconds(decided) : $"not in {options.DuelBound.TotalSeconds:0} s",
                Count(figures.Ballots),
                Count(figures.Preempted),
            ]));
        yield return ("Two proposers at once, delays vary (single-decree Paxos)", ["", "duels", "decided", "median", "longest"],
            result.VaryingDuels.Select(static figures => (string[])
            [
                BackOff(figures.BackOff), Count(figures.Duels), Count(figures.Decided), Milliseconds(figures.Median), Milliseconds(figures.Longest),
            ]));

        string Load(FormattableString text) => $"{Count(options.Members)} members, {text.ToString(CultureInfo.InvariantCulture)}";
    }

    private static IEnumerable<string[]> Rows(IReadOnlyList<LoadFigures> figures)
    {
        string[] Row(string name, Func<LoadFigures, string> value) => [name, .. figures.Select(value)];
        yield return Row("commands proposed", static one => Count(one.Proposed));
        yield return Row("commands decided", static one => Count(one.Decided));
        yield return Row("messages per command", static one => Number(one.MessagesPerCommand, "0.0"));
        yield return Row("bytes per command", static one => Number(one.BytesPerCommand, "0"));
        yield return Row("flushes per command", static one => Number(one.FlushesPerCommand, "0.0"));
        yield return Row("messages a second when idle", static one => Number(one.IdleMessagesPerSecond, "0"));
        yield return Row("time to decide, median", static one => Milliseconds(one.MedianToDecide));
        yield return Row("time to decide, 99 of 100", static one => Milliseconds(one.P99ToDecide));
        yield return Row("longest time without a decision", static one => Milliseconds(one.LongestSilence));
        yield return Row("ballots preempted", static one => Count(one.Preempted));
        yield return Row("terms or ballots begun", static one => Count(one.ElectionsOrBallots));
    }

    private static Table Table(string title, string[] columns, IEnumerable<string[]> rows)
    {
        Table table = new Table().Title(Markup.Escape(title)).RoundedBorder().BorderColor(Color.Grey);
        for (int i = 0; i < columns.Length; i++)
        {
            var column = new TableColumn(Markup.Escape(columns[i]));
            table.AddColumn(i == 0 ? column : column.RightAligned());
        }

        foreach (string[] row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        return table;
    }

    private static void Lines(TextWriter output, string title, string[] columns, IEnumerable<string[]> rows)
    {
        output.WriteLine(title);
        foreach (string[] row in rows)
        {
            output.WriteLine($"  {row[0]}: {string.Join(", ", row.Skip(1).Select((value, i) => $"{columns[i + 1]} {value}"))}");
        }
    }

    private static string BackOff(bool isOn) => isOn ? "with random back-off" : "without back-off";

    private static string Milliseconds(TimeSpan time) => Number(time.TotalMilliseconds, "0.0") + " ms";

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Number(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
