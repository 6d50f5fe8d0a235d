using System.Text.Json;
using Quorate.Simulation.Comparison;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>A comparison as one line of JSON; times are in milliseconds.</summary>
internal static class ComparisonJson
{
    public static void Write(ComparisonResult result) => JsonText.WriteLine(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("seed", result.Seed);
        json.WriteNumber("members", result.Options.Members);
        json.WriteNumber("commands_per_second", result.Options.CommandsPerSecond);
        json.WriteNumber("busy_commands_per_second", result.Options.BusyCommandsPerSecond);
        json.WriteNumber("seconds", result.Options.Duration.TotalSeconds);
        Objects(json, "faults", result.Options.Faults, family => json.WriteString("family", family.Name));
        Objects(json, "delays", result.Delays, figures =>
        {
            json.WriteString("protocol", Name(figures.Protocol));
            json.WriteString("proposed_at", figures.ProposedAt);
            json.WriteNumber("message_delays", figures.MessageDelays);
        });
        Loads(json, "calm", result.Calm);
        Loads(json, "busy", result.Busy);
        Loads(json, "under_faults", result.UnderFaults);
        Objects(json, "recovery", result.Recovery, figures =>
        {
            json.WriteString("protocol", Name(figures.Protocol));
            json.WriteString("victim", figures.Victim);
            json.WriteString("end", figures.IsPowerLoss ? "power-loss" : "kill");
            json.WriteNumber("kills", figures.Kills);
            json.WriteNumber("median_ms", figures.Median.TotalMilliseconds);
            json.WriteNumber("longest_ms", figures.Longest.TotalMilliseconds);
        });
        Objects(json, "duels", result.Duels, figures =>
        {
            json.WriteBoolean("back_off", figures.BackOff);
            json.WriteBoolean("decided", figures.DecidedAfter is not null);
            if (figures.DecidedAfter is { } decided)
            {
                json.WriteNumber("decided_after_ms", decided.TotalMilliseconds);
            }

            json.WriteNumber("ballots", figures.Ballots);
            json.WriteNumber("preempted", figures.Preempted);
        });
        Objects(json, "varying_duels", result.VaryingDuels, figures =>
        {
            json.WriteBoolean("back_off", figures.BackOff);
            json.WriteNumber("duels", figures.Duels);
            json.WriteNumber("decided", figures.Decided);
            json.WriteNumber("median_ms", figures.Median.TotalMilliseconds);
            json.WriteNumber("longest_ms", figures.Longest.TotalMilliseconds);
        });
        json.WriteEndObject();
    });

    private static void Loads(Utf8JsonWriter json, string name, IEnumerable<LoadFigures> loads) => Objects(json, name, loads, figures =>
    {
        json.WriteString("protocol", Name(figures.Protocol));
        json.WriteNumber("proposed", figures.Proposed);
        json.WriteNumber("decided", figures.Decided);
        json.WriteNumber("messages_per_command", figures.MessagesPerCommand);
        json.WriteNumber("bytes_per_command", figures.BytesPerCommand);
        json.WriteNumber("flushes_per_command", figures.FlushesPerCommand);
        json.WriteNumber("idle_messages_per_second", figures.IdleMessagesPerSecond);
        json.WriteNumber("median_ms", figures.MedianToDecide.TotalMilliseconds);
        json.WriteNumber("p99_ms", figures.P99ToDecide.TotalMilliseconds);
        json.WriteNumber("longest_silence_ms", figures.LongestSilence.TotalMilliseconds);
        json.WriteNumber("preempted", figures.Preempted);
        json.WriteNumber("elections_or_ballots", figures.ElectionsOrBallots);
    });

    private static void Objects<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Name(ComparedProtocol protocol) => protocol == ComparedProtocol.Raft ? "raft" : "paxos";
}
