using System.Text;
using System.Text.Json;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Tests.Runs;

/// <summary>The format of docs/simulation.md, read back.</summary>
public sealed class TraceTests
{
    private static readonly SimulationCase s_case = new()
    {
        Seed = 35,
        Members = 3,
        Duration = TimeSpan.FromSeconds(30),
        Faults = [.. FaultFamilies.All.Where(family => family.Name is not ("lost-disk" or "hanging-disk"))],
    };

    [Fact]
    public void A_trace_begins_with_what_it_is_and_ends_with_what_came_of_it()
    {
        (SimulationResult result, List<JsonElement> lines) = Trace(s_case);

        JsonElement first = lines[0];
        first.GetProperty("format").GetString().ShouldBe("quorate-trace");
        first.GetProperty("version").GetInt32().ShouldBe(1);
        first.GetProperty("seed").GetUInt64().ShouldBe(s_case.Seed);
        first.GetProperty("members").GetInt32().ShouldBe(3);
        first.GetProperty("faults").EnumerateArray().Select(fault => fault.GetProperty("family").GetString()).ShouldBe(s_case.Faults!.Value.Select(family => family.Name));
        JsonElement last = lines[^1];
        Kind(last).ShouldBe("end");
        last.GetProperty("events").GetInt64().ShouldBe(result.Events);
        last.GetProperty("hash").GetString().ShouldBe($"{result.TraceHash:x16}");
        lines.Count(line => Kind(line) == "event").ShouldBe((int)result.Events);
        lines.Count(line => Kind(line) == "strike").ShouldBe((int)result.Strikes.Values.Sum());
        lines.Count(line => Kind(line) == "request").ShouldBe((int)lines.Where(line => Kind(line) == "request").Max(line => line.GetProperty("request").GetInt64()) + 1);
    }

    [Fact]
    public void Time_and_number_of_events_never_go_back()
    {
        (_, List<JsonElement> lines) = Trace(s_case);
        (long Number, long Time) before = (0, 0);
        foreach (JsonElement line in lines.Skip(1))
        {
            (long Number, long Time) now = (line.GetProperty("n").GetInt64(), line.GetProperty("t").GetInt64());
            now.Number.ShouldBeGreaterThanOrEqualTo(before.Number);
            now.Time.ShouldBeGreaterThanOrEqualTo(before.Time);
            before = now;
        }
    }

    [Fact]
    public void A_frame_is_sent_before_it_is_delivered_lost_or_refused()
    {
        (_, List<JsonElement> lines) = Trace(s_case);
        HashSet<long> sent = [];
        HashSet<string?> kinds = [];
        foreach (JsonElement line in lines.Skip(1))
        {
            switch (Kind(line))
            {
                case "sent":
                    sent.Add(line.GetProperty("frame").GetInt64()).ShouldBeTrue();
                    line.GetProperty("term").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
                    kinds.Add(line.GetProperty("kind").GetString());
                    break;
                case "delivered" or "lost" or "refused":
                    sent.ShouldContain(line.GetProperty("frame").GetInt64());
                    break;
            }
        }

        kinds.ShouldBeSubsetOf(Enum.GetNames<Replica.Wire.FrameKind>());
        kinds.ShouldContain("AppendEntries");
        kinds.ShouldContain("RequestVote");
        foreach (string expected in (string[])["delivered", "lost", "refused", "state", "flush", "power-loss", "process", "links", "answer", "calm"])
        {
            lines.Skip(1).ShouldContain(line => Kind(line) == expected, expected);
        }
    }

    [Fact]
    public void The_states_of_a_member_can_be_followed_from_its_lines_alone()
    {
        (_, List<JsonElement> lines) = Trace(s_case);
        Dictionary<(long Member, long Life), (long Term, long Commit)> states = [];
        foreach (JsonElement line in lines.Skip(1).Where(line => Kind(line) == "state"))
        {
            (long, long) life = (line.GetProperty("member").GetInt64(), line.GetProperty("life").GetInt64());
            (long Term, long Commit) now = (line.GetProperty("term").GetInt64(), line.GetProperty("commit").GetInt64());
            (long Term, long Commit) before = states.GetValueOrDefault(life);
            now.Term.ShouldBeGreaterThanOrEqualTo(before.Term);
            now.Commit.ShouldBeGreaterThanOrEqualTo(before.Commit);
            states[life] = now;
        }
    }

    [Fact]
    public void A_violation_is_the_last_line_but_one()
    {
        using MemoryStream output = new();
        SimulationRun run = new(1, new SimulationOptions { Faults = [], Trace = output }, new BrokenWorkload { AfterASecond = _ => throw new InvalidOperationException("oh") });

        SimulationResult result = run.Execute();

        JsonElement violation = Lines(output)[^2];
        Kind(violation).ShouldBe("violation");
        violation.GetProperty("property").GetString().ShouldBe(result.Violation!.Property);
        violation.GetProperty("t").GetInt64().ShouldBe(1_000_000);
    }

    private static (SimulationResult Result, List<JsonElement> Lines) Trace(SimulationCase which)
    {
        using MemoryStream output = new();
        SimulationResult result = which.Run(output);
        result.Violation.ShouldBeNull();
        return (result, Lines(output));
    }

    private static List<JsonElement> Lines(MemoryStream output) =>
        [.. Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];

    private static string? Kind(JsonElement line) => line.TryGetProperty("e", out JsonElement kind) ? kind.GetString() : null;
}
