using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Replica.Wire;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Processes;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Traces;

/// <summary>
/// Writes down everything that happens in a world: one JSON object a line, each with the number of the event that it
/// belongs to and its virtual time. The format is documented in docs/simulation.md.
/// </summary>
/// <remarks>
/// A world without one tests a reference for null where it would be told, and nothing more. It looks on only: a traced
/// run goes the same way as one that is not.
/// </remarks>
internal sealed class TraceWriter : IDisposable
{
    /// <summary>Name of the format, in the first line.</summary>
    public const string Format = "quorate-trace";

    /// <summary>Version of the format. A reader refuses a higher one.</summary>
    public const int Version = 1;

    private const int BufferBytes = 64 << 10;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SimulatedWorld _world;
    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * BufferBytes);
    private readonly Utf8JsonWriter _json;
    private readonly MemberState[] _states;
    private readonly PaxosState[] _paxosStates;
    private long _linkChanges;

    /// <summary>The frame that the present event delivers, to name it if it is refused.</summary>
    private long _arriving;

    public TraceWriter(SimulatedWorld world, Stream output)
    {
        _world = world;
        _output = output;
        _json = new Utf8JsonWriter(_buffer, s_options);
        _states = new MemberState[world.Members.Count];
        _paxosStates = new PaxosState[world.Members.Count];
        foreach (SimulatedMember member in world.Members)
        {
            member.Disk.Watcher = new TracedDisk(this, member.Id);
        }
    }

    /// <summary>The first line.</summary>
    public void Begin(ulong seed, SimulatedAlgorithm algorithm, TimeSpan duration, IEnumerable<(FaultFamily Family, int Intensity)> faults)
    {
        _json.WriteStartObject();
        _json.WriteString("format", Format);
        _json.WriteNumber("version", Version);
        _json.WriteNumber("seed", seed);
        _json.WriteString("algorithm", algorithm == SimulatedAlgorithm.Paxos ? "paxos" : "raft");
        _json.WriteNumber("members", _world.Members.Count);
        _json.WriteNumber("duration", Microseconds(duration));
        _json.WriteNumber("tick", Microseconds(_world.Options.TickInterval));
        _json.WriteStartArray("faults");
        foreach ((FaultFamily family, int intensity) in faults)
        {
            _json.WriteStartObject();
            _json.WriteString("family", family.Name);
            _json.WriteNumber("intensity", intensity);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        End();
    }

    /// <summary>The last lines.</summary>
    public void Finish(PropertyViolatedException? violation)
    {
        if (violation is not null)
        {
            Begin("violation");
            _json.WriteString("property", violation.Property);
            _json.WriteString("text", violation.Message);
            End();
        }

        Begin("end");
        _json.WriteNumber("events", _world.EventCount);
        _json.WriteString("hash", _world.Trace.Value.ToString("x16", CultureInfo.InvariantCulture));
        End();
        WriteOut();
    }

    public void Event(EventKind kind, ulong member, ulong detail)
    {
        Begin("event");
        _json.WriteString("kind", kind switch
        {
            EventKind.Tick => "tick",
            EventKind.Frame => "frame",
            EventKind.WorkStep => "disk-work",
            EventKind.WorkCompleted => "disk-work-done",
            EventKind.Pump => "loop",
            EventKind.Request => "request",
            EventKind.ConnectionLost => "connection-lost",
            _ => "planned",
        });
        if (member != 0)
        {
            _json.WriteNumber("member", member);
        }

        if (kind is EventKind.Frame or EventKind.ConnectionLost)
        {
            _json.WriteNumber("from", detail);
        }

        End();
    }

    /// <summary>After an event: what it changed.</summary>
    public void AfterEvent(SimulatedMember? member)
    {
        if (member is not null)
        {
            State(member);
        }

        if (_linkChanges != _world.Network.Changes)
        {
            _linkChanges = _world.Network.Changes;
            Links();
        }
    }

    public void Sent(long frame, ulong from, ulong to, ReadOnlySpan<byte> bytes)
    {
        BeginFrame("sent", frame, from, to);
        _json.WriteNumber("bytes", bytes.Length);
        if (FrameSummary.TryRead(bytes, out FrameSummary summary))
        {
            FrameFields.Write(_json, summary);
        }
        else if (PaxosFrame.Decode(bytes) is { } message)
        {
            PaxosFields.Write(_json, message);
        }

        End();
    }

    public void Delivered(long frame, ulong from, ulong to, bool isDamaged)
    {
        _arriving = frame;
        BeginFrame("delivered", frame, from, to);
        if (isDamaged)
        {
            _json.WriteBoolean("damaged", true);
        }

        End();
    }

    public void Lost(long frame, ulong from, ulong to, string why)
    {
        BeginFrame("lost", frame, from, to);
        _json.WriteString("why", why);
        End();
    }

    public void Refused(MemberId member, ulong from, FrameRefusal why)
    {
        BeginFrame("refused", _arriving, from, member.Value);
        _json.WriteString("why", why.ToString());
        End();
    }

    /// <summary>A member's process starts, ends, stands still, or fails.</summary>
    public void Process(SimulatedMember member, string what, string? text = null, TimeSpan? until = null)
    {
        Begin("process");
        _json.WriteNumber("member", member.Id.Value);
        _json.WriteNumber("life", member.Life);
        _json.WriteString("what", what);
        if (until is { } end)
        {
            _json.WriteNumber("until", Microseconds(end));
        }

        if (text is not null)
        {
            _json.WriteString("text", text);
        }

        End();
    }

    public void Strike(FaultFamily family)
    {
        Begin("strike");
        _json.WriteString("family", family.Name);
        _json.WriteString("effect", family.Effect);
        End();
    }

    /// <summary>The faults are over.</summary>
    public void Calm()
    {
        Begin("calm");
        End();
    }

    public void Asked(long request, int client, MemberId member, string text)
    {
        Begin("request");
        _json.WriteNumber("request", request);
        _json.WriteNumber("client", client);
        _json.WriteNumber("member", member.Value);
        _json.WriteString("text", text);
        End();
    }

    /// <summary>What came back to a client; or nothing did, and it waits no longer.</summary>
    public void Answered(long request, int client, string outcome, string? text = null)
    {
        Begin("answer");
        _json.WriteNumber("request", request);
        _json.WriteNumber("client", client);
        _json.WriteString("outcome", outcome);
        if (text is not null)
        {
            _json.WriteString("text", text);
        }

        End();
    }

    /// <summary>Begins a line with what all have; its further fields are written to what this returns, up to <see cref="End"/>.</summary>
    public Utf8JsonWriter Begin(string what)
    {
        _json.WriteStartObject();
        _json.WriteNumber("n", _world.EventCount);
        _json.WriteNumber("t", Microseconds(_world.Now));
        _json.WriteString("e", what);
        return _json;
    }

    /// <summary>The line is complete.</summary>
    public void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= BufferBytes)
        {
            WriteOut();
        }
    }

    /// <summary>Writes out what is buffered; the stream is its owner's to close.</summary>
    public void Dispose()
    {
        WriteOut();
        _json.Dispose();
        foreach (SimulatedMember member in _world.Members)
        {
            member.Disk.Watcher = null;
        }
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private void State(SimulatedMember member)
    {
        if (member.Process is PaxosProcess paxos)
        {
            State(member, paxos);
            return;
        }

        ref MemberState written = ref _states[(int)member.Id.Value - 1];
        MemberState now = MemberState.Of(member);
        if (now == written)
        {
            return;
        }

        written = now;
        if (!now.IsRunning)
        {
            return;
        }

        Begin("state");
        _json.WriteNumber("member", member.Id.Value);
        now.Write(_json);
        End();
    }

    private void State(SimulatedMember member, PaxosProcess paxos)
    {
        ref PaxosState written = ref _paxosStates[(int)member.Id.Value - 1];
        PaxosState now = PaxosState.Of(member, paxos.Algorithm);
        if (now != written)
        {
            written = now;
            Begin("state");
            _json.WriteNumber("member", member.Id.Value);
            now.Write(_json);
            End();
        }
    }

    private void Links()
    {
        Begin("links");
        _json.WriteStartArray("cut");
        foreach ((MemberId from, MemberId to) in _world.Network.CutLinks())
        {
            _json.WriteStartArray();
            _json.WriteNumberValue(from.Value);
            _json.WriteNumberValue(to.Value);
            _json.WriteEndArray();
        }

        _json.WriteEndArray();
        NetworkConditions conditions = _world.Network.Conditions;
        _json.WriteNumber("loss", conditions.LossPerMille);
        _json.WriteNumber("repeat", conditions.RepeatPerMille);
        _json.WriteNumber("damage", conditions.DamagePerMille);
        _json.WriteNumber("hold_up", conditions.HoldUpPerMille);
        _json.WriteNumber("queue", conditions.LinkFramesMax);
        End();
    }

    private void BeginFrame(string what, long frame, ulong from, ulong to)
    {
        Begin(what);
        _json.WriteNumber("frame", frame);
        _json.WriteNumber("from", from);
        _json.WriteNumber("to", to);
    }

    private void WriteOut()
    {
        _output.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }
}
