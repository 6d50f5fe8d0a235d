using Quorate.Simulation.Comparison;
using Quorate.Simulation.Faults;

namespace Quorate.Paxos.Tests;

/// <summary>Raft and Paxos over the same failures (spec P1): what docs/paxos-raft-zab.md says of them is so.</summary>
public sealed class ComparisonTests
{
    private static readonly ComparisonOptions s_short = new()
    {
        Duration = TimeSpan.FromSeconds(20),
        BusyDuration = TimeSpan.FromSeconds(2),
        Kills = 4,
        Duels = 12,
        DuelBound = TimeSpan.FromSeconds(3),
    };

    private static readonly Lazy<ComparisonResult> s_result = new(static () => new ComparisonRun(1, s_short).Execute());

    [Fact]
    public void A_leader_decides_in_one_round_trip_and_whoever_has_to_prepare_in_two()
    {
        s_result.Value.Delays.Select(figures => figures.MessageDelays).ShouldBe([2, 4, 4]);
    }

    [Fact]
    public void Without_faults_both_decide_everything()
    {
        foreach (LoadFigures figures in s_result.Value.Calm)
        {
            figures.Proposed.ShouldBeGreaterThan(300);
            figures.Decided.ShouldBe(figures.Proposed);
        }

        (LoadFigures raft, LoadFigures paxos) = (s_result.Value.Calm[0], s_result.Value.Calm[1]);
        paxos.Proposed.ShouldBe(raft.Proposed, "the same load");
        paxos.FlushesPerCommand.ShouldBeGreaterThan(raft.FlushesPerCommand, "a promise is flushed too");
        paxos.MedianToDecide.ShouldBeGreaterThan(raft.MedianToDecide);
        paxos.Preempted.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Under_load_a_leader_sends_many_commands_in_one_message_and_flushes_them_together()
    {
        (LoadFigures raft, LoadFigures paxos) = (s_result.Value.Busy[0], s_result.Value.Busy[1]);

        raft.Decided.ShouldBe(raft.Proposed);
        raft.FlushesPerCommand.ShouldBeLessThan(s_result.Value.Calm[0].FlushesPerCommand);
        paxos.P99ToDecide.ShouldBeGreaterThan(raft.P99ToDecide);
    }

    [Fact]
    public void When_a_leaders_machine_dies_nothing_is_decided_until_the_next_is_elected_and_without_one_nothing_stops()
    {
        (RecoveryFigures raft, RecoveryFigures paxos) = (s_result.Value.Recovery[2], s_result.Value.Recovery[3]);
        raft.IsPowerLoss.ShouldBeTrue();

        raft.Median.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.9), "an election timeout");
        paxos.Median.ShouldBeLessThan(TimeSpan.FromSeconds(0.2));
    }

    [Fact]
    public void When_a_leaders_process_dies_its_connections_say_so_and_the_election_comes_at_once()
    {
        RecoveryFigures raft = s_result.Value.Recovery[0];

        raft.IsPowerLoss.ShouldBeFalse();
        raft.Median.ShouldBeLessThan(TimeSpan.FromSeconds(0.2), "far below the election timeout");
    }

    [Fact]
    public void Two_proposers_in_step_decide_nothing_without_back_off_and_soon_with_it()
    {
        (DuelFigures duel, DuelFigures backOff) = (s_result.Value.Duels[0], s_result.Value.Duels[1]);

        duel.DecidedAfter.ShouldBeNull();
        duel.Ballots.ShouldBeGreaterThan(1000);
        backOff.DecidedAfter.ShouldNotBeNull().ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Where_delays_vary_a_duel_ends_by_chance_and_much_sooner_with_back_off()
    {
        (VaryingDuelFigures duels, VaryingDuelFigures backOff) = (s_result.Value.VaryingDuels[0], s_result.Value.VaryingDuels[1]);

        backOff.Decided.ShouldBe(backOff.Duels);
        backOff.Median.ShouldBeLessThan(duels.Median);
        backOff.Longest.ShouldBeLessThan(duels.Longest);
    }

    [Fact]
    public void The_same_seed_gives_the_same_figures()
    {
        var options = s_short with { Duration = TimeSpan.FromSeconds(3), BusyDuration = TimeSpan.FromSeconds(1), Kills = 1, Duels = 2, DuelBound = TimeSpan.FromSeconds(1) };
        ComparisonResult one = new ComparisonRun(7, options).Execute();
        ComparisonResult other = new ComparisonRun(7, options).Execute();

        other.Delays.ShouldBe(one.Delays);
        other.Calm.ShouldBe(one.Calm);
        other.Busy.ShouldBe(one.Busy);
        other.UnderFaults.ShouldBe(one.UnderFaults);
        other.Recovery.ShouldBe(one.Recovery);
        other.Duels.ShouldBe(one.Duels);
        other.VaryingDuels.ShouldBe(one.VaryingDuels);
    }

    [Fact]
    public void A_fault_that_strikes_only_replicas_is_refused() =>
        Should.Throw<ArgumentException>(static () => new ComparisonRun(1, s_short with { Faults = [FaultFamilies.Find("transfer")!] }));
}
