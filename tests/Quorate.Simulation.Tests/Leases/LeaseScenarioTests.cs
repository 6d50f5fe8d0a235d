namespace Quorate.Simulation.Tests.Leases;

/// <summary>What becomes of a lease when leaders, members and clocks fail; on the replica that ships, in virtual time.</summary>
public class LeaseScenarioTests
{
    private const long Id = 77;

    private static readonly TimeSpan s_election = TimeSpan.FromSeconds(2);

    public static TheoryData<ulong> Seeds => [1, 2, 3, 4, 5];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_new_leader_goes_on_with_the_time_that_is_left_and_does_not_give_the_whole_anew(ulong seed)
    {
        LeaseCluster cluster = new(seed);
        cluster.Grant(Id, 20);
        cluster.World.RunFor(Seconds(9));
        cluster.Leader.Crash();
        cluster.Elect();
        cluster.TimeUntilGone(Id, Seconds(60)).ShouldBeInRange(Seconds(11) - s_election, Seconds(11) + s_election);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_restart_of_all_gives_back_no_more_than_passed_since_the_last_checkpoint(ulong seed)
    {
        LeaseCluster cluster = new(seed, snapshotEveryEntries: seed % 2 == 0 ? 2 : 10_000);
        cluster.Grant(Id, 40);

        // After half of its time there was a checkpoint: 20 seconds were left then, and are 5 seconds later, after the restart.
        cluster.World.RunFor(Seconds(25));
        foreach (SimulatedMember member in cluster.World.Members)
        {
            member.Kill();
            member.Start();
        }

        cluster.Elect();
        cluster.TimeToLive(cluster.Leader, Id).ShouldBeInRange(17, 20);
        cluster.TimeUntilGone(Id, Seconds(41)).ShouldBeInRange(Seconds(15), Seconds(20) + s_election);
    }

    [Fact]
    public void Restarts_without_end_do_not_keep_a_lease_for_ever_if_each_life_reaches_a_checkpoint()
    {
        LeaseCluster cluster = new(seed: 9);
        cluster.Grant(Id, 600);
        TimeSpan granted = cluster.World.Now;
        while (cluster.World.Leader() is not { } leader || LeaseCluster.LeaseAt(leader, Id) is not null)
        {
            (cluster.World.Now - granted).ShouldBeLessThan(Seconds(2 * 600));
            cluster.World.RunFor(Seconds(65));
            foreach (SimulatedMember member in cluster.World.Members)
            {
                member.Kill();
                member.Start();
            }

            cluster.Elect();
            cluster.World.RunFor(Seconds(1));
        }

        (cluster.World.Now - granted).ShouldBeGreaterThan(Seconds(600));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_leader_that_was_deposed_revokes_nothing_that_was_renewed_without_it(ulong seed)
    {
        LeaseCluster cluster = new(seed);
        cluster.Grant(Id, 10);
        cluster.World.RunFor(Seconds(5));
        SimulatedMember old = cluster.Leader;
        cluster.World.Network.Isolate(old.Id);
        cluster.World.RunUntil(() => cluster.World.Leader() is { } leader && leader != old, Seconds(20)).ShouldBeTrue();
        for (int i = 0; i < 4; i++)
        {
            cluster.KeepAlive(cluster.Leader, Id).ShouldBe(10);
            cluster.World.RunFor(Seconds(4));
        }

        // By now the old leader thinks that the lease has long expired.
        cluster.World.Network.Heal();
        cluster.World.RunFor(Seconds(3));
        LeaseCluster.LeaseAt(cluster.Leader, Id).ShouldNotBeNull();
        cluster.TimeUntilGone(Id, Seconds(30)).ShouldBeGreaterThan(Seconds(1));
        cluster.KeepAlive(old, Id).ShouldBe(0, "whoever is asked");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_clock_that_jumps_ahead_expires_no_lease_early(ulong seed)
    {
        LeaseCluster cluster = new(seed);
        cluster.Grant(Id, 10);
        foreach (SimulatedMember member in cluster.World.Members)
        {
            member.Clock.Jump(TimeSpan.FromHours(1));
        }

        cluster.TimeUntilGone(Id, Seconds(60)).ShouldBeInRange(Seconds(10) - 2 * cluster.World.Options.TickInterval, Seconds(10) + s_election);
    }

    [Theory]
    [InlineData(1500)]
    [InlineData(700)]
    public void A_clock_that_drifts_ends_a_lease_in_its_own_time(int ratePerMille)
    {
        LeaseCluster cluster = new(seed: 3);
        cluster.Leader.Clock.Drift(ratePerMille);
        cluster.Grant(Id, 30);
        TimeSpan own = Seconds(30) * 1000 / ratePerMille;
        cluster.TimeUntilGone(Id, Seconds(120)).ShouldBeInRange(own - Seconds(1), own + s_election);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_member_serves_every_question_about_a_lease(ulong seed)
    {
        LeaseCluster cluster = new(seed);
        cluster.Grant(Id, 100);
        foreach (SimulatedMember member in cluster.World.Members)
        {
            cluster.World.RunFor(Seconds(5));
            cluster.TimeToLive(member, Id).ShouldBeInRange(90, 95);
            cluster.KeepAlive(member, Id).ShouldBe(100);
            cluster.TimeToLive(member, Id).ShouldBeInRange(99, 100);
        }
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
