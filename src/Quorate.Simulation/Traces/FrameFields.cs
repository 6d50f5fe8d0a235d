using System.Text.Json;
using Quorate.Raft;
using Quorate.Replica.Wire;

namespace Quorate.Simulation.Traces;

/// <summary>The fields of a frame, under the names of docs/simulation.md; one that the kind of frame does not have is left out.</summary>
internal static class FrameFields
{
    public static void Write(Utf8JsonWriter json, in FrameSummary frame)
    {
        json.WriteString("kind", frame.Kind.ToString());
        json.WriteNumber("term", frame.Term);
        Position(json, "last_log", frame.LastLog);
        Flag(json, "transfer", frame.LeadershipTransfer);
        Flag(json, "granted", frame.Granted);
        Position(json, "previous", frame.Previous);
        Number(json, "entries", frame.Entries);
        Number(json, "commit", frame.CommitIndex);
        Number(json, "read_round", frame.ReadRound);
        Flag(json, "success", frame.Success);
        Number(json, "match", frame.MatchIndex);
        Position(json, "conflict", frame.Conflict);
        Position(json, "last_included", frame.LastIncluded);
        Number(json, "offset", frame.Offset);
        Number(json, "snapshot_bytes", frame.SnapshotBytes);
        Flag(json, "installed", frame.Installed);
        Number(json, "request_id", frame.RequestId);
        if (frame.Status is { } status)
        {
            json.WriteString("status", status.ToString());
        }

        Number(json, "read_index", frame.ReadIndex);
        if (frame.Sequence is { } sequence)
        {
            json.WriteNumber("sequence", sequence);
        }

        Number(json, "commands", frame.Commands);
        Flag(json, "wants_answer", frame.WantsAnswer);
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Flag(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } flag)
        {
            json.WriteBoolean(name, flag);
        }
    }

    private static void Position(Utf8JsonWriter json, string name, LogPosition? value)
    {
        if (value is { } position)
        {
            json.WriteString(name, position.ToString());
        }
    }
}
