using System.Globalization;
using System.Text.Json;
using Quorate.Simulation.Runs;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>What happened, for scripts: one line of JSON. Seeds are text, as they do not fit the numbers of every reader.</summary>
internal static class SimulationJson
{
    public static void Run(Utf8JsonWriter json, SimulationResult result, TimeSpan wallTime, FailureReport? failure)
    {
        json.WriteStartObject();
        json.WriteString("seed", SimulationText.Number(result.Seed));
        json.WriteString("algorithm", result.Algorithm == SimulatedAlgorithm.Paxos ? "paxos" : "raft");
        json.WriteNumber("members", result.Members);
        json.WriteStartObject("faults");
        foreach ((Quorate.Simulation.Faults.FaultFamily family, int intensity) in result.Faults)
        {
            json.WriteNumber(family.Name, intensity);
        }

        json.WriteEndObject();
        json.WriteNumber("virtual_seconds", result.VirtualTime.TotalSeconds);
        json.WriteNumber("wall_seconds", wallTime.TotalSeconds);
        json.WriteNumber("factor", SimulationText.Factor(result.VirtualTime, wallTime));
        json.WriteNumber("events", result.Events);
        json.WriteString("trace_hash", result.TraceHash.ToString("x16", CultureInfo.InvariantCulture));
        Counts(json, "strikes", result.Strikes.Select(strike => (strike.Key, strike.Value)));
        json.WriteNumber("requests", result.Requests);
        json.WriteNumber("succeeded", result.Succeeded);
        Counts(json, "states", result.Coverage.Counts);
        json.WriteNumber("undecided_checks", result.Undecided);
        json.WriteBoolean("held", result.Violation is null);
        if (failure is not null)
        {
            json.WritePropertyName("failure");
            Failure(json, failure);
        }

        json.WriteEndObject();
    }

    public static void Hunt(Utf8JsonWriter json, HuntTotals totals, TimeSpan wallTime, IEnumerable<FailureReport> failures)
    {
        json.WriteStartObject();
        json.WriteString("first_seed", SimulationText.Number(totals.FirstSeed));
        json.WriteNumber("seeds", totals.Runs);
        json.WriteNumber("paxos_seeds", totals.PaxosRuns);
        json.WriteNumber("paxos_values_decided", totals.PaxosValues);
        json.WriteNumber("virtual_seconds", totals.VirtualTime.TotalSeconds);
        json.WriteNumber("wall_seconds", wallTime.TotalSeconds);
        json.WriteNumber("factor", SimulationText.Factor(totals.VirtualTime, wallTime));
        json.WriteNumber("events", totals.Events);
        Counts(json, "strikes", totals.Strikes.Select(strike => (strike.Key, strike.Value)));
        json.WriteNumber("requests", totals.Requests);
        json.WriteNumber("succeeded", totals.Succeeded);
        Counts(json, "states", totals.Coverage.Counts);
        Counts(json, "seeds_with_states", totals.RunsWith.Select(static state => (state.Key, state.Value)));
        json.WriteNumber("undecided_checks", totals.Undecided);
        json.WriteStartArray("failures");
        foreach (FailureReport failure in failures)
        {
            Failure(json, failure);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Failure(Utf8JsonWriter json, FailureReport failure)
    {
        json.WriteStartObject();
        json.WriteString("property", failure.Violation.Property);
        json.WriteString("text", failure.Violation.Message);
        json.WriteString("replay", failure.Found.Command);
        json.WriteString("smallest", failure.Smallest.Command);
        json.WriteString("smallest_text", failure.SmallestViolation.Message);
        json.WriteNumber("attempts", failure.Attempts);
        json.WriteString("trace", failure.TraceFile);
        json.WriteEndObject();
    }

    private static void Counts(Utf8JsonWriter json, string name, IEnumerable<(string Name, long Count)> counts)
    {
        json.WriteStartObject(name);
        foreach ((string counted, long count) in counts)
        {
            json.WriteNumber(counted.Replace(' ', '_'), count);
        }

        json.WriteEndObject();
    }
}
