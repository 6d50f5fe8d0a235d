using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>Commands are applied in runs, and nobody hears of one before it can be seen (spec G1).</summary>
public class RunTests
{
    [Fact]
    public void A_write_is_answered_only_when_its_run_is_visible()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        ListMachine machine = TestCluster.MachineOf(leader);
        int runsBefore = machine.Runs;
        TestWrite[] writes = [.. Enumerable.Range(0, 200).Select(_ => cluster.Write(leader))];
        foreach (TestWrite write in writes)
        {
            write.Then = ended => machine.Numbers.IndexOf(ended.Written).ShouldBeInRange(0, machine.VisibleCount - 1);
        }

        cluster.World.RunUntil(() => Array.TrueForAll(writes, write => write.Outcome is not null), TestCluster.Patience).ShouldBeTrue();
        writes.ShouldAllBe(write => write.Status == ProposalStatus.Applied);
        (machine.Runs - runsBefore).ShouldBeInRange(1, 100, "a run is of many commands, or nothing is saved");
    }

    [Fact]
    public void A_read_that_waited_is_released_only_when_what_it_waited_for_is_visible()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        SimulatedMember follower = cluster.Follower();
        ListMachine machine = TestCluster.MachineOf(follower);
        for (int i = 0; i < 50; i++)
        {
            int written = cluster.Writes.Count;
            cluster.MustWrite(leader);
            TestRead read = TestCluster.Read(follower);
            int visible = -1;
            read.Then = _ => visible = machine.VisibleCount;
            cluster.MustEnd(read, ReadOutcome.Ready);
            visible.ShouldBeGreaterThan(written);
        }
    }

    [Fact]
    public void What_a_failing_state_machine_has_not_made_visible_is_of_unknown_outcome()
    {
        TestCluster cluster = new(members: 1);
        SimulatedMember only = cluster.StartAndElect();
        ListMachine machine = TestCluster.MachineOf(only);
        TestWrite[] writes = [.. Enumerable.Range(0, 20).Select(_ => cluster.Write(only))];
        machine.Poison = writes[^1].Written;
        cluster.World.RunUntil(() => Array.TrueForAll(writes, write => write.Outcome is not null), TestCluster.Patience).ShouldBeTrue();

        only.HasFailed.ShouldBeTrue();
        machine.Numbers.ShouldContain(writes[^2].Written, "it was applied in the run that failed");
        foreach (TestWrite write in writes)
        {
            bool isVisible = machine.Numbers.IndexOf(write.Written) is >= 0 and var place && place < machine.VisibleCount;
            write.Status.ShouldBe(isVisible ? ProposalStatus.Applied : ProposalStatus.Unknown);
        }
    }

    [Fact]
    public void Idle_work_is_done_piece_by_piece_until_none_remains()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        ListMachine machine = TestCluster.MachineOf(leader);
        machine.IdlePieces = 1_000;
        cluster.World.RunFor(TestCluster.Moment);
        machine.IdlePieces.ShouldBe(0, "most of it is done between ticks");
        leader.Replica!.HasWork.ShouldBeFalse("a loop with nothing to do rests");
    }

    [Fact]
    public void Idle_work_gets_its_turn_with_each_tick_while_commands_never_cease_to_wait()
    {
        TestCluster cluster = new(members: 1, configure: options => options with { ApplyEntriesMax = 1 });
        SimulatedMember only = cluster.StartAndElect();
        ListMachine machine = TestCluster.MachineOf(only);
        TestWrite[] writes = [.. Enumerable.Range(0, 2_000).Select(_ => cluster.Write(only))];
        cluster.World.RunUntil(() => machine.Numbers.Count > 10, TestCluster.Patience).ShouldBeTrue();
        machine.IdlePieces = 3;
        cluster.World.RunUntil(() => machine.IdlePieces == 0, TestCluster.Patience).ShouldBeTrue();
        machine.Numbers.Count.ShouldBeLessThan(writes.Length, "commands waited all the time");
    }
}
