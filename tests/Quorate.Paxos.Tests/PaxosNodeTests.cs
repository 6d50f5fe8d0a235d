using Quorate.Paxos.Messages;
using Quorate.Paxos.Records;
using Quorate.Paxos.Tests.Harness;
using Quorate.Raft;

namespace Quorate.Paxos.Tests;

/// <summary>A sequence of instances, and what leaves when (spec P1).</summary>
public sealed class PaxosNodeTests
{
    private static readonly MemberId s_one = new(1);
    private static readonly MemberId s_two = new(2);

    [Fact]
    public void Any_member_proposes_and_all_learn_the_same_sequence()
    {
        var group = new PaxosGroup(members: 5);
        for (ulong id = 1; id <= 20; id++)
        {
            group.Propose(1 + (int)(id % 5), id);
        }

        group.RunUntil(() => group.Nodes.All(node => node!.Learner.FirstUnknown == 21)).ShouldBeTrue();
        group.Node(1).Learner.Chosen.Select(value => value.Id).Order().ShouldBe(Enumerable.Range(1, 20).Select(id => (ulong)id));
    }

    [Fact]
    public void One_instance_is_single_decree_Paxos_and_decides_once()
    {
        var group = new PaxosGroup(configure: options => options with { InstancesMax = 1 });
        group.Propose(1, 1);
        group.Propose(2, 2);
        group.Propose(3, 3);

        group.RunUntil(() => group.Nodes.All(node => node!.Learner.FirstUnknown == 2)).ShouldBeTrue();
        group.RunUntil(() => false, ticksMax: 100);

        group.Decided.ShouldBe(1);
        group.Nodes.ShouldAllBe(node => node!.WaitingCount == 0);
        group.Node(1).Propose(PaxosGroup.ValueOf(9)).ShouldBeFalse("nothing is left to decide");
    }

    [Fact]
    public void A_group_of_one_decides_alone()
    {
        var group = new PaxosGroup(members: 1);
        group.Propose(1, 1);

        group.RunUntil(() => group.Decided == 1).ShouldBeTrue();
    }

    [Fact]
    public void A_minority_decides_nothing()
    {
        var group = new PaxosGroup(members: 4);
        group.Crash(3);
        group.Crash(4);
        group.Propose(1, 1);

        group.RunUntil(() => group.Decided > 0, ticksMax: 500).ShouldBeFalse("two of four are no majority");
    }

    [Fact]
    public void No_promise_leaves_before_it_is_on_disk()
    {
        PaxosNode node = Node();
        node.Step(Prepare(round: 1));

        PaxosOutput output = node.TakeOutput();

        output.Messages.ShouldBeEmpty();
        output.Records.ShouldBe([new PromisedRecord(1, new Ballot(1, s_two))]);
        output.MessagesOnceDurable.ShouldHaveSingleItem().ShouldBeOfType<Promise>();
    }

    [Fact]
    public void No_acceptance_leaves_before_it_is_on_disk_and_a_repeated_one_waits_again_and_writes_nothing()
    {
        PaxosNode node = Node();
        var accept = new Accept { From = s_two, To = s_one, Instance = 1, Ballot = new Ballot(1, s_two), Value = PaxosGroup.ValueOf(1) };
        node.Step(accept);
        PaxosOutput output = node.TakeOutput();
        output.Messages.ShouldBeEmpty();
        output.Records.ShouldHaveSingleItem().ShouldBeOfType<AcceptedRecord>();

        node.Step(accept);
        output = node.TakeOutput();

        output.Records.ShouldBeEmpty();
        output.Messages.ShouldBeEmpty("the first may not be flushed yet");
        output.MessagesOnceDurable.ShouldHaveSingleItem().ShouldBeOfType<Accepted>();
    }

    [Fact]
    public void A_promise_tells_what_was_accepted_before_the_restart()
    {
        var accepted = new AcceptedProposal(new Ballot(1, s_two), PaxosGroup.ValueOf(7));
        PaxosNode node = Node(new AcceptedRecord(1, accepted));

        node.Step(Prepare(round: 2));

        ((Promise)node.TakeOutput().MessagesOnceDurable.ShouldHaveSingleItem()).Accepted.ShouldBe(accepted);
    }

    [Fact]
    public void A_lower_ballot_is_told_which_is_ahead_of_it()
    {
        PaxosNode node = Node(new PromisedRecord(1, new Ballot(5, s_two)));

        node.Step(Prepare(round: 4));

        Rejected rejected = node.TakeOutput().Messages.ShouldHaveSingleItem().ShouldBeOfType<Rejected>();
        rejected.Promised.ShouldBe(new Ballot(5, s_two));
    }

    [Fact]
    public void No_prepare_leaves_before_its_round_is_reserved_on_disk_and_then_each_leaves_at_once()
    {
        PaxosNode node = Node();
        node.Propose(PaxosGroup.ValueOf(1));
        PaxosOutput output = node.TakeOutput();
        output.Messages.ShouldBeEmpty();
        output.Records.ShouldHaveSingleItem().ShouldBeOfType<RoundsReservedRecord>();
        output.MessagesOnceDurable.Count.ShouldBe(3);

        node.Written(output.Mark);
        node.Step(new Chosen { From = s_two, To = s_one, Instance = 1, Value = PaxosGroup.ValueOf(2) });

        output = node.TakeOutput();
        output.Messages.OfType<Prepare>().Count().ShouldBe(3, "the slot was taken: it tries the next");
        output.Messages.OfType<Prepare>().ShouldAllBe(prepare => prepare.Instance == 2);
        node.Counters.SlotsTaken.ShouldBe(1);
    }

    [Fact]
    public void After_a_restart_no_ballot_is_used_again()
    {
        var group = new PaxosGroup();
        group.Propose(1, 1);
        group.Flush(1);
        Ballot first = group.Node(1).Proposer!.Ballot;
        group.Crash(1);
        group.Restart(1);

        group.Propose(1, 2);

        group.Node(1).Proposer!.Ballot.ShouldBeGreaterThan(first);
    }

    [Fact]
    public void Who_tries_to_decide_what_is_decided_is_told_the_value()
    {
        PaxosNode node = Node(new ChosenRecord(1, PaxosGroup.ValueOf(3)));

        node.Step(Prepare(round: 9));

        Chosen chosen = node.TakeOutput().Messages.ShouldHaveSingleItem().ShouldBeOfType<Chosen>();
        chosen.To.ShouldBe(s_two);
        chosen.Value.ShouldBe(PaxosGroup.ValueOf(3));
    }

    [Fact]
    public void That_a_value_is_chosen_goes_to_disk_only_beside_something_else()
    {
        PaxosNode node = Node();
        node.Step(new Chosen { From = s_two, To = s_one, Instance = 1, Value = PaxosGroup.ValueOf(3) });
        node.TakeOutput().Records.ShouldBeEmpty();

        node.Step(Prepare(round: 1, instance: 2));

        node.TakeOutput().Records.ShouldBe([new PromisedRecord(2, new Ballot(1, s_two)), new ChosenRecord(1, PaxosGroup.ValueOf(3))]);
    }

    [Fact]
    public void A_member_that_was_away_asks_for_what_it_missed()
    {
        var group = new PaxosGroup();
        group.Crash(3);
        for (ulong id = 1; id <= 10; id++)
        {
            group.Propose(1, id);
        }

        group.RunUntil(() => group.Decided == 10).ShouldBeTrue();
        group.Messages.Clear();
        group.Restart(3);

        group.RunUntil(() => group.Node(3).Learner.FirstUnknown == 11).ShouldBeTrue();
    }

    [Fact]
    public void What_a_dead_proposer_has_left_half_done_is_finished_by_another()
    {
        var group = new PaxosGroup();
        group.Propose(1, 1);
        group.RunUntil(() => group.Disk(2).OfType<AcceptedRecord>().Any()).ShouldBeTrue();
        group.Crash(1);
        group.Messages.Clear();

        group.RunUntil(() => group.Node(2).Learner.FirstUnknown == 2 && group.Node(3).Learner.FirstUnknown == 2).ShouldBeTrue();
        group.Node(3).Learner.ValueOf(1).ShouldBe(PaxosGroup.ValueOf(1));
    }

    [Fact]
    public void A_ballot_is_given_more_time_with_each_failure_so_that_slow_disks_are_outwaited()
    {
        PaxosNode node = Node();
        node.Propose(PaxosGroup.ValueOf(1));
        List<int> lives = [];
        for (int ticks = 0; lives.Count < 4; ticks++)
        {
            if (node.Proposer is null)
            {
                node.Tick();
                ticks = -1;
                continue;
            }

            node.Tick();
            if (node.Proposer is null)
            {
                lives.Add(ticks + 1);
            }
        }

        lives.ShouldBe([10, 20, 40, 80]);
    }

    [Fact]
    public void Messages_of_strangers_and_to_others_are_ignored()
    {
        PaxosNode node = Node();

        node.Step(Prepare(round: 1) with { From = new MemberId(9) });
        node.Step(Prepare(round: 1) with { To = s_two });
        node.Step(Prepare(round: 1) with { Instance = 0 });

        node.TakeOutput().IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Only_so_many_values_wait()
    {
        var node = new PaxosNode(Options() with { WaitingValuesMax = 2 }, []);

        node.Propose(PaxosGroup.ValueOf(1)).ShouldBeTrue();
        node.Propose(PaxosGroup.ValueOf(2)).ShouldBeTrue();
        node.Propose(PaxosGroup.ValueOf(3)).ShouldBeFalse();
    }

    [Fact]
    public void Settings_that_cannot_work_are_refused()
    {
        Should.Throw<ArgumentException>(() => new PaxosNode(Options() with { Members = [s_two] }, []));
        Should.Throw<ArgumentException>(() => new PaxosNode(Options() with { AnswerTimeoutTicks = 0 }, []));
        Should.Throw<ArgumentException>(() => new PaxosNode(Options() with { BackOffTicks = 8, BackOffTicksMax = 4 }, []));
    }

    private static PaxosOptions Options() => new() { Id = s_one, Members = [s_one, s_two, new MemberId(3)], Seed = 1 };

    private static PaxosNode Node(params StableRecord[] records) => new(Options(), records);

    private static Prepare Prepare(long round, long instance = 1) =>
        new() { From = s_two, To = s_one, Instance = instance, Ballot = new Ballot(round, s_two) };
}
