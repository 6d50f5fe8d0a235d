using Quorate.Io;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime.Tests.Hosting;

/// <summary>Whole members in the real world.</summary>
public sealed class QuorateHostTests
{
    [Fact]
    public async Task One_member_alone_answers_writes_and_finds_them_again_after_a_restart()
    {
        await using var cluster = new TestCluster(1, cutsItsLogOften: true);
        QuorateHost host = await cluster.StartAsync("n1");
        for (int i = 1; i <= 200; i++)
        {
            (await TestCluster.AddAsync(host, i)).ShouldBe(i * (i + 1) / 2);
        }

        await cluster.StopAsync("n1");
        host = await cluster.StartAsync("n1");
        (await cluster.SumAsync(host)).ShouldBe(20_100);
        cluster.Logs.Of(1015).Count.ShouldBe(1);
        cluster.Logs.Of(1000).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Three_members_take_writes_anywhere_and_read_them_everywhere()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        long sum = 0;
        foreach (QuorateHost host in cluster.Hosts)
        {
            for (int i = 1; i <= 20; i++)
            {
                sum += i;
                (await TestCluster.AddAsync(host, i)).ShouldBe(sum);
            }
        }

        foreach (QuorateHost host in cluster.Hosts)
        {
            (await cluster.SumAsync(host)).ShouldBe(sum);
        }
    }

    [Fact]
    public async Task Many_writes_at_once_are_all_applied_once()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        await cluster.LeaderAsync();
        Task<ProposalOutcome>[] writes =
            [.. Enumerable.Range(0, 3000).Select(i => cluster[$"n{(i % 3) + 1}"].ProposeAsync(SumMachine.Add(1)))];
        ProposalOutcome[] outcomes = await Patience.ForAsync(Task.WhenAll(writes));
        outcomes.ShouldAllBe(outcome => outcome.Status == ProposalStatus.Applied);
        (await cluster.SumAsync(cluster["n1"])).ShouldBe(3000);
        outcomes.Select(outcome => outcome.Index).Distinct().Count().ShouldBe(3000);
    }

    [Fact]
    public async Task The_others_go_on_without_their_leader_and_it_catches_up_by_snapshot_when_it_is_back()
    {
        await using var cluster = new TestCluster(3, cutsItsLogOften: true);
        await cluster.StartAllAsync();
        QuorateHost leader = await cluster.LeaderAsync();
        await TestCluster.AddAsync(leader, 1);
        await cluster.StopAsync(leader.Name);
        QuorateHost other = cluster.Hosts.First();
        for (int i = 0; i < 300; i++)
        {
            await TestCluster.AddAsync(other, 1);
        }

        await Patience.UntilAsync(() => cluster.Hosts.All(host => host.Status.SnapshotIndex > 200), "the others have cut their logs");
        QuorateHost back = await cluster.StartAsync(leader.Name);
        (await cluster.SumAsync(back)).ShouldBe(301);
        back.Counters.SnapshotsInstalled.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_whole_cluster_that_was_stopped_finds_everything_again()
    {
        await using var cluster = new TestCluster(3, cutsItsLogOften: true);
        await cluster.StartAllAsync();
        QuorateHost leader = await cluster.LeaderAsync();
        for (int i = 0; i < 120; i++)
        {
            await TestCluster.AddAsync(leader, 1);
        }

        foreach (string name in cluster.Names.ToArray())
        {
            await cluster.StopAsync(name);
        }

        await cluster.StartAllAsync();
        (await TestCluster.AddAsync(cluster["n2"], 1)).ShouldBe(121);
    }

    [Fact]
    public async Task Without_a_majority_a_write_is_refused_or_unknown_but_never_applied()
    {
        await using var cluster = new TestCluster(3);
        QuorateHost alone = await cluster.StartAsync("n1");
        ProposalOutcome outcome = await Patience.ForAsync(alone.ProposeAsync(SumMachine.Add(1), TimeSpan.FromMilliseconds(300)));
        outcome.Status.ShouldBeOneOf(ProposalStatus.NoLeader, ProposalStatus.Unknown);
        (await Patience.ForAsync(alone.ReadAsync(timeout: TimeSpan.FromMilliseconds(300)))).ShouldBeOneOf(ReadOutcome.NoLeader, ReadOutcome.TimedOut);
        (await Patience.ForAsync(alone.ReadAsync(ReadConsistency.Local))).ShouldBe(ReadOutcome.Ready);
        cluster.Machines["n1"].Sum.ShouldBe(0);
    }

    [Fact]
    public async Task A_second_member_on_the_same_folder_is_refused_and_disturbs_the_first_not()
    {
        await using var cluster = new TestCluster(1);
        QuorateHost first = await cluster.StartAsync("n1");
        QuorateOptions options = cluster.Options("n1");
        options.Listen.Add(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        await Should.ThrowAsync<DiskLockedException>(() => QuorateHost.StartAsync(options, new SumMachine(), cluster.Logs));
        (await TestCluster.AddAsync(first, 7)).ShouldBe(7);
    }

    /// <summary>It may not even dial: its connections would take the place of the leader's, and their end would be taken for the leader's.</summary>
    [Fact]
    public async Task A_second_process_on_the_leaders_folder_does_not_depose_it()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        await TestCluster.AddAsync(cluster["n1"], 1);
        MemberId leader = await Patience.ForAsync(cluster["n1"].WaitForLeaderAsync());
        QuorateHost leading = ((string[])["n1", "n2", "n3"]).Select(name => cluster[name]).Single(member => member.Id == leader);
        long term = leading.Status.Term;
        for (int i = 0; i < 5; i++)
        {
            QuorateOptions options = cluster.Options(leading.Name);
            options.Listen.Add(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
            await Should.ThrowAsync<DiskLockedException>(() => QuorateHost.StartAsync(options, new SumMachine(), cluster.Logs));
            await TestCluster.AddAsync(leading, 1);
        }

        leading.Status.Term.ShouldBe(term);
    }

    [Fact]
    public async Task A_folder_of_another_cluster_is_refused()
    {
        await using var cluster = new TestCluster(1);
        await cluster.StartAsync("n1");
        await cluster.StopAsync("n1");
        QuorateOptions options = cluster.Options("n1");
        options.ClusterToken = "another";
        IOException error = await Should.ThrowAsync<IOException>(() => QuorateHost.StartAsync(options, new SumMachine(), cluster.Logs));
        error.Message.ShouldContain("the members, their addresses and the token of its first start");
    }

    [Fact]
    public async Task A_port_in_use_is_refused_and_gives_the_folder_back()
    {
        await using var cluster = new TestCluster(2);
        QuorateHost first = await cluster.StartAsync("n1");
        QuorateOptions options = cluster.Options("n2");
        options.Listen.Add(first.ListenEndPoints[0]);
        IOException error = await Should.ThrowAsync<IOException>(() => QuorateHost.StartAsync(options, new SumMachine(), cluster.Logs));
        error.Message.ShouldContain("another program uses that address");
        await cluster.StartAsync("n2");
    }

    [Fact]
    public async Task Stopping_answers_what_waits()
    {
        await using var cluster = new TestCluster(3);
        QuorateHost alone = await cluster.StartAsync("n1");
        Task<ProposalOutcome> write = alone.ProposeAsync(SumMachine.Add(1));
        Task<ReadOutcome> read = alone.ReadAsync();
        await cluster.StopAsync("n1");
        (await Patience.ForAsync(write)).Status.ShouldBeOneOf(ProposalStatus.Stopping, ProposalStatus.NoLeader);
        (await Patience.ForAsync(read)).ShouldBeOneOf(ReadOutcome.Stopping, ReadOutcome.NoLeader);
        (await Patience.ForAsync(alone.ProposeAsync(SumMachine.Add(1)))).Status.ShouldBe(ProposalStatus.Stopping);
        (await Patience.ForAsync(alone.ReadAsync())).ShouldBe(ReadOutcome.Stopping);
        (await Patience.ForAsync(alone.TransferLeadershipAsync(alone.Id))).ShouldBe(TransferOutcome.Stopping);
    }

    [Fact]
    public async Task A_cancelled_write_ends_its_wait_alone()
    {
        await using var cluster = new TestCluster(1);
        QuorateHost host = await cluster.StartAsync("n1");
        using var cancelled = new CancellationTokenSource();
        Task<ProposalOutcome> write = host.ProposeAsync(SumMachine.Add(1), cancellationToken: cancelled.Token);
        await cancelled.CancelAsync();
        try
        {
            await write;
        }
        catch (OperationCanceledException)
        {
            // Or it was faster.
        }

        (await TestCluster.AddAsync(host, 10)).ShouldBeOneOf(10, 11);
    }

    [Fact]
    public async Task A_leader_that_stops_hands_over_first()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        QuorateHost leader = await cluster.LeaderAsync();
        await TestCluster.AddAsync(leader, 1);
        await Patience.UntilAsync(() => leader.Status.Followers.All(follower => follower.IsActive), "all followers are heard");
        await cluster.StopAsync(leader.Name);
        cluster.Logs.Of(1014).ShouldHaveSingleItem().ShouldContain($"Member {leader.Name} hands leadership over");
        await cluster.LeaderAsync();
    }

    [Fact]
    public async Task Leadership_goes_where_it_is_asked_to_go()
    {
        await using var cluster = new TestCluster(3);
        await cluster.StartAllAsync();
        QuorateHost leader = await cluster.LeaderAsync();
        await TestCluster.AddAsync(leader, 1);
        QuorateHost target = cluster.Hosts.First(host => host != leader);
        (await Patience.ForAsync(leader.TransferLeadershipAsync(target.Id))).ShouldBe(TransferOutcome.Moved);

        // It led; on a busy machine it may have lost leadership again since.
        await Patience.UntilAsync(
            () => cluster.Logs.Of(1002).Any(line => line.StartsWith($"Member {target.Name} is now Leader", StringComparison.Ordinal)),
            "the target has led");
        (await Patience.ForAsync(target.WaitForLeaderAsync())).ShouldNotBe(MemberId.None);
    }

    [Fact]
    public async Task A_state_machine_that_throws_stops_its_member_for_good_and_says_so()
    {
        await using var cluster = new TestCluster(1);
        QuorateHost host = await cluster.StartAsync("n1");
        (await Patience.ForAsync(host.ProposeAsync(SumMachine.Poison))).Status.ShouldBe(ProposalStatus.Unknown);
        (await Patience.ForAsync(host.Failed)).ShouldContain("the state machine failed");
        host.Status.Failure.ShouldNotBeNull();
        cluster.Logs.Of(1010).Count.ShouldBe(1);
        (await Patience.ForAsync(host.ProposeAsync(SumMachine.Add(1)))).Status.ShouldBe(ProposalStatus.Stopping);
    }

    [Fact]
    public async Task A_snapshot_is_taken_when_asked_for()
    {
        await using var cluster = new TestCluster(1);
        QuorateHost host = await cluster.StartAsync("n1");
        await TestCluster.AddAsync(host, 1);
        host.RequestSnapshot();
        await Patience.UntilAsync(() => host.Counters.SnapshotsTaken == 1, "the snapshot is taken");
    }

    [Fact]
    public async Task A_member_whose_connection_met_a_fault_stops_in_order_all_the_same()
    {
        await using var cluster = new TestCluster(2) { Logs = new CapturedLogs { FaultyEvent = 1112 } };
        await cluster.StartAllAsync();
        await cluster.Logs.UntilAsync(1111, count: 2);

        await Task.WhenAll(cluster.Names.Select(cluster.StopAsync));

        cluster.Logs.Of(1012).Count.ShouldBe(2);
    }
}
