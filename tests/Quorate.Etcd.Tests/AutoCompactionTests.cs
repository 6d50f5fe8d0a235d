using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Replica;
using Role = Quorate.Raft.Role;

namespace Quorate.Etcd.Tests;

/// <summary>On a clock that the test turns, with etcd's schedule (its v3compactor).</summary>
public class AutoCompactionTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private TimeSpan now = TimeSpan.FromHours(1000);

    [Fact]
    public void By_period_nothing_is_compacted_before_a_period_has_passed()
    {
        EtcdWorld world = Periodic(TimeSpan.FromHours(1));
        PutEveryMinute(world, 60);
        Compactions(world).ShouldBe(0);
        PutEveryMinute(world, 1);
        Compactions(world).ShouldBe(1);
    }

    [Fact]
    public void By_period_of_an_hour_the_state_of_an_hour_ago_stays_readable_and_each_hour_it_is_compacted()
    {
        EtcdWorld world = Periodic(TimeSpan.FromHours(1));
        PutEveryMinute(world, 61);
        world.State.Current.CompactRevision.ShouldBe(2, "the revision of the first tick");
        PutEveryMinute(world, 59);
        Compactions(world).ShouldBe(1);
        PutEveryMinute(world, 1);

        Compactions(world).ShouldBe(2);
        (world.Revision - world.State.Current.CompactRevision).ShouldBeInRange(60, 67);
    }

    [Fact]
    public void By_period_of_a_day_it_is_compacted_every_hour_once_a_day_has_passed()
    {
        EtcdWorld world = Periodic(TimeSpan.FromHours(24));
        PutEveryMinute(world, 24 * 60);
        Compactions(world).ShouldBe(0);
        PutEveryMinute(world, (3 * 60) + 1);

        Compactions(world).ShouldBe(4);
        (world.Revision - world.State.Current.CompactRevision).ShouldBeInRange(24 * 60, (24 * 60) + 7);
    }

    [Fact]
    public void By_period_nothing_is_proposed_while_nothing_changes()
    {
        EtcdWorld world = Periodic(TimeSpan.FromMinutes(10));
        PutEveryMinute(world, 5);
        Pass(world, 500);
        Compactions(world).ShouldBe(2, "the first revision, then the last");
    }

    [Fact]
    public void Only_the_leader_compacts_and_a_new_one_goes_on_with_what_it_wrote_down_as_a_follower()
    {
        EtcdWorld world = Periodic(TimeSpan.FromHours(1));
        world.Replica.Status = world.Replica.Status with { Role = Role.Follower };
        PutEveryMinute(world, 300);
        Compactions(world).ShouldBe(0);

        world.Replica.Status = world.Replica.Status with { Role = Role.Leader };
        PutEveryMinute(world, 6);
        Compactions(world).ShouldBe(1);
        (world.Revision - world.State.Current.CompactRevision).ShouldBeInRange(60, 66 + 6, "an hour's, a sample's, and those since");
    }

    [Fact]
    public void A_compaction_that_fails_is_tried_again_after_a_tenth_of_the_period()
    {
        EtcdWorld world = Periodic(TimeSpan.FromHours(1));
        PutEveryMinute(world, 60);
        world.Replica.Outcome = ProposalStatus.NoLeader;
        Pass(world, 6);
        Compactions(world).ShouldBe(1);
        world.State.Current.CompactRevision.ShouldBe(-1);

        world.Replica.Outcome = null;
        Pass(world, 6);
        Compactions(world).ShouldBe(2);
        world.State.Current.CompactRevision.ShouldBePositive();
    }

    [Fact]
    public void What_somebody_else_has_compacted_counts_as_done()
    {
        EtcdWorld world = Periodic(TimeSpan.FromHours(1));
        PutEveryMinute(world, 60);
        world.Do(new CompactionRequest { Revision = world.Revision });
        int byHand = Compactions(world);
        Pass(world, 7);
        Compactions(world).ShouldBe(byHand + 1);
        Pass(world, 50);
        Compactions(world).ShouldBe(byHand + 1);
    }

    [Fact]
    public void By_revisions_every_five_minutes_all_but_the_last_ones_are_compacted()
    {
        EtcdWorld world = Open(AutoCompaction.ByRevisions(100));
        for (int i = 0; i < 150; i++)
        {
            world.Put("k", $"{i}");
        }

        Pass(world, 5);
        Compactions(world).ShouldBe(0);
        Pass(world, 1);
        world.State.Current.CompactRevision.ShouldBe(51);
        Pass(world, 20);
        Compactions(world).ShouldBe(1, "nothing was written");
        world.Put("k", "last");
        Pass(world, 5);
        world.State.Current.CompactRevision.ShouldBe(52);
    }

    [Fact]
    public void By_revisions_nothing_is_compacted_while_there_are_fewer_and_by_followers_never()
    {
        EtcdWorld world = Open(AutoCompaction.ByRevisions(100));
        PutEveryMinute(world, 60);
        Compactions(world).ShouldBe(0);
        world.Replica.Status = world.Replica.Status with { Role = Role.Follower };
        PutEveryMinute(world, 100);
        Compactions(world).ShouldBe(0);
    }

    [Fact]
    public void Without_a_setting_there_is_no_such_duty()
    {
        EtcdWorld world = new();
        PutEveryMinute(world, 3000);
        Compactions(world).ShouldBe(0);
    }

    private static EtcdWorld Periodic(TimeSpan period) => Open(AutoCompaction.ByPeriod(period));

    private static EtcdWorld Open(AutoCompaction compaction) => new(new EtcdOptions { ClusterId = 42, AutoCompaction = compaction });

    private static int Compactions(EtcdWorld world) => world.Replica.Commands.Count(command => command[0] == 4);

    private void PutEveryMinute(EtcdWorld world, int times)
    {
        for (int i = 0; i < times; i++)
        {
            world.Put("k", $"{now}");
            Pass(world, 1);
        }
    }

    private void Pass(EtcdWorld world, int minutes)
    {
        for (int i = 0; i < minutes; i++)
        {
            foreach (IReplicaDuty duty in world.Replica.Duties)
            {
                duty.Tick(now);
            }

            now += Step;
        }
    }
}
