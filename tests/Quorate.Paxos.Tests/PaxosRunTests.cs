using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Quorate.Simulation.Runs;
using Xunit.Abstractions;

namespace Quorate.Paxos.Tests;

/// <summary>Whole groups in the simulated world, on the hostile network and disk that replicas run on (spec P1).</summary>
public sealed class PaxosRunTests(ITestOutputHelper output)
{
    private const int Groups = 10;
    private const int FreshSeedsDefault = 40;
    private const int RunsPerGroup = 20;

    [Theory]
    [MemberData(nameof(AllGroups))]
    public void Under_composed_faults_nobody_disagrees_and_afterwards_all_come_to_know_the_same(int group)
    {
        for (int i = 0; i < RunsPerGroup; i++)
        {
            MustHold(CaseOf((ulong)((group * RunsPerGroup) + i + 1)));
        }
    }

    /// <remarks><c>QUORATE_SIM_PAXOS_SEEDS</c> sets how many there are.</remarks>
    [Fact]
    public void Seeds_that_nobody_has_run_before_hold_too_and_the_first_goes_the_same_way_again()
    {
        ulong first = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 20;
        int seeds = Environment.GetEnvironmentVariable("QUORATE_SIM_PAXOS_SEEDS") is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : FreshSeedsDefault;
        output.WriteLine($"{seeds} fresh seeds, from {first} on");
        for (int i = 0; i < seeds; i++)
        {
            MustHold(CaseOf(first + (ulong)i));
        }

        CaseOf(first).Run().TraceHash.ShouldBe(CaseOf(first).Run().TraceHash, $"seed {first}");
    }

    [Fact]
    public void Saying_what_the_seed_draws_and_writing_it_all_down_changes_nothing()
    {
        SimulationResult drawn = CaseOf(7).Run();
        using MemoryStream one = new();
        using MemoryStream other = new();
        SimulationResult traced = CaseOf(7).AsDrawn(drawn).Run(one);
        CaseOf(7).Run(other);

        (traced.TraceHash, traced.Events).ShouldBe((drawn.TraceHash, drawn.Events));
        traced.Strikes.ShouldBe(drawn.Strikes);
        other.ToArray().AsSpan().SequenceEqual(one.ToArray()).ShouldBeTrue();
    }

    [Fact]
    public void A_family_strikes_at_the_same_times_whichever_others_there_are()
    {
        SimulationResult both = (CaseOf(8) with { Faults = [PaxosRun.Families[0], PaxosRun.Families[3]] }).Run();
        SimulationResult one = (CaseOf(8) with { Faults = [PaxosRun.Families[3]] }).Run();

        one.Strikes[PaxosRun.Families[3].Name].ShouldBe(both.Strikes[PaxosRun.Families[3].Name]);
    }

    [Fact]
    public void A_trace_tells_each_message_with_its_ballot_and_what_members_are_in_the_middle_of()
    {
        using MemoryStream bytes = new();
        SimulationResult result = (CaseOf(9) with { Faults = PaxosRun.Families }).Run(bytes);

        JsonElement[] lines = [.. Encoding.UTF8.GetString(bytes.ToArray()).TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        lines[0].GetProperty("algorithm").GetString().ShouldBe("paxos");
        lines[^1].GetProperty("hash").GetString().ShouldBe($"{result.TraceHash:x16}");
        JsonElement[] sent = Of("sent");
        foreach (string kind in (string[])["Prepare", "Promise", "Accept", "Accepted", "Rejected", "Chosen", "Learn"])
        {
            sent.ShouldContain(line => line.GetProperty("kind").GetString() == kind, kind);
        }

        sent.Where(line => line.GetProperty("kind").GetString() is "Prepare" or "Accept" or "Promise" or "Accepted" or "Rejected")
            .ShouldAllBe(line => line.GetProperty("ballot").GetString()!.Contains('.'));
        Of("state").Any(line => line.TryGetProperty("phase", out _) && line.TryGetProperty("promised", out _)).ShouldBeTrue();
        Of("state").Max(line => line.GetProperty("first_unknown").GetInt64()).ShouldBe(result.Succeeded + 1);
        Of("strike").Length.ShouldBe((int)result.Strikes.Values.Sum());
        Of("calm").ShouldHaveSingleItem();
        Of("request").ShouldNotBeEmpty();

        JsonElement[] Of(string what) => [.. lines.Skip(1).Where(line => line.GetProperty("e").GetString() == what)];
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_to_the_last_event()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            SimulationResult one = CaseOf(seed).Run();
            SimulationResult other = CaseOf(seed).Run();

            other.TraceHash.ShouldBe(one.TraceHash);
            other.Events.ShouldBe(one.Events);
        }
    }

    public static TheoryData<int> AllGroups => [.. Enumerable.Range(0, Groups)];

    private static SimulationCase CaseOf(ulong seed) =>
        new() { Seed = seed, Algorithm = SimulatedAlgorithm.Paxos, Duration = TimeSpan.FromSeconds(30) };

    private static void MustHold(SimulationCase which)
    {
        SimulationResult result = which.Run();
        result.Violation.ShouldBeNull($"replay it: {which.AsDrawn(result).Command}");
        result.Succeeded.ShouldBeGreaterThan(10);
    }
}
