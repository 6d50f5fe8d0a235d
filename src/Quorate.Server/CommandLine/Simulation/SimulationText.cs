using System.Globalization;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Runs;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>What happened, in words and figures.</summary>
internal static class SimulationText
{
    /// <summary>What one run did.</summary>
    public static IEnumerable<(string Name, string Value)> Run(SimulationResult result, TimeSpan wallTime)
    {
        yield return ("seed", Number(result.Seed));
        yield return ("algorithm", result.Algorithm == SimulatedAlgorithm.Paxos ? "paxos" : "raft");
        yield return ("members", Number(result.Members));
        yield return ("faults", result.Faults.IsEmpty ? "none" : string.Join(", ", result.Faults.Select(fault => $"{fault.Family.Name} (intensity {fault.Intensity})")));
        yield return ("virtual time", Seconds(result.VirtualTime));
        yield return ("events", Number(result.Events));
        yield return ("speed", Speed(result.VirtualTime, wallTime));
        yield return ("strikes", Counts(result.Strikes.Select(strike => (strike.Key, strike.Value))));
        yield return ("requests", $"{Number(result.Requests)}, of which {Number(result.Succeeded)} succeeded");
        yield return ("states", Counts(result.Coverage.Counts));
        yield return ("undecided checks", Number(result.Undecided));
        yield return ("trace hash", result.TraceHash.ToString("x16", CultureInfo.InvariantCulture));
        yield return ("verdict", result.Violation is null ? "every property held" : result.Violation.Message);
    }

    /// <summary>How a hunt stands.</summary>
    public static IEnumerable<(string Name, string Value)> Hunt(HuntTotals totals, TimeSpan wallTime)
    {
        double seconds = Math.Max(wallTime.TotalSeconds, 0.001);
        yield return ("seeds run", $"{Number(totals.Runs)}, from {Number(totals.FirstSeed)} on");
        yield return ("of them Paxos", $"{Number(totals.PaxosRuns)}, {Number(totals.PaxosValues)} values decided");
        yield return ("wall time", Seconds(wallTime));
        yield return ("virtual time", string.Create(CultureInfo.InvariantCulture, $"{totals.VirtualTime.TotalHours:0.00} hours"));
        yield return ("speed", Speed(totals.VirtualTime, wallTime));
        yield return ("events", string.Create(CultureInfo.InvariantCulture, $"{totals.Events}, {totals.Events / seconds:0} a second"));
        yield return ("requests", $"{Number(totals.Requests)}, of which {Number(totals.Succeeded)} succeeded");
        yield return ("strikes", Counts(FaultFamilies.All.Select(family => (family.Name, totals.Strikes.GetValueOrDefault(family.Name)))));
        yield return ("states", Counts(totals.Coverage.Counts));
        yield return ("seeds with each", Counts(totals.Coverage.Counts.Select(state => (state.Name, totals.RunsWith.GetValueOrDefault(state.Name)))));
        yield return ("undecided checks", Number(totals.Undecided));
        yield return ("failures", Number(totals.Failures));
    }

    /// <summary>One line of progress.</summary>
    public static string HuntLine(HuntTotals totals, TimeSpan wallTime) => string.Create(
        CultureInfo.InvariantCulture,
        $"{wallTime.TotalSeconds:0} s: {totals.Runs} seeds, {totals.VirtualTime.TotalHours:0.00} virtual hours, {Speed(totals.VirtualTime, wallTime)}, {totals.Strikes.Values.Sum()} strikes, {totals.Coverage.Elections} elections, {totals.Failures} failures");

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>How much faster than real time it went.</summary>
    public static double Factor(TimeSpan virtualTime, TimeSpan wallTime) => virtualTime.TotalSeconds / Math.Max(wallTime.TotalSeconds, 0.000_001);

    private static string Speed(TimeSpan virtualTime, TimeSpan wallTime) =>
        string.Create(CultureInfo.InvariantCulture, $"{Factor(virtualTime, wallTime):0} times real time");

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    private static string Counts(IEnumerable<(string Name, long Count)> counts)
    {
        string text = string.Join(", ", counts.Select(count => $"{count.Name} {Number(count.Count)}"));
        return text.Length == 0 ? "none" : text;
    }
}
