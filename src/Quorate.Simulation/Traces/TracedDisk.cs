using System.Text.Json;
using Quorate.Raft;
using Quorate.Simulation.Disk;

namespace Quorate.Simulation.Traces;

/// <summary>Writes down what happens to the disk of one member.</summary>
internal sealed class TracedDisk(TraceWriter trace, MemberId member) : IDiskWatcher
{
    public void Flushed(string path, long bytes)
    {
        Utf8JsonWriter json = Begin("flush");
        json.WriteString("path", path);
        json.WriteNumber("bytes", bytes);
        trace.End();
    }

    public void Failed(DiskOperation operation, string path, string text)
    {
        Utf8JsonWriter json = Begin("disk-failure");
        json.WriteString("operation", operation.ToString());
        json.WriteString("path", path);
        json.WriteString("text", text);
        trace.End();
    }

    public void Crashed(in CrashLosses losses)
    {
        Utf8JsonWriter json = Begin("power-loss");
        json.WriteNumber("sectors_kept", losses.SectorsKept);
        json.WriteNumber("sectors_lost", losses.SectorsLost);
        json.WriteNumber("sectors_torn", losses.SectorsTorn);
        json.WriteNumber("names_kept", losses.NamesKept);
        json.WriteNumber("names_lost", losses.NamesLost);
        trace.End();
    }

    private Utf8JsonWriter Begin(string what)
    {
        Utf8JsonWriter json = trace.Begin(what);
        json.WriteNumber("member", member.Value);
        return json;
    }
}
