using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Raft;
using Quorate.Replica;
using static Quorate.Etcd.Protocol.AlarmRequest.Types;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

public class AlarmTests
{
    private const ulong Self = 7;

    private readonly EtcdWorld world = new(new EtcdOptions { ClusterId = 42, QuotaBytes = 1000 });

    [Fact]
    public void A_write_beyond_the_quota_is_refused_and_raises_the_alarm_of_this_member()
    {
        world.Put("a", "1");
        world.Call(Ask.Put("b", new string('x', 700))).Error.ShouldBe(EtcdError.NoSpace);

        world.Get("b").ShouldBeNull();
        List(AlarmType.None).ShouldBe([new AlarmMember { MemberID = Self, Alarm = AlarmType.Nospace }]);
    }

    [Fact]
    public void The_alarm_is_raised_once_however_many_writes_are_refused()
    {
        for (int i = 0; i < 3; i++)
        {
            world.Call(Ask.Put("b", new string('x', 900))).Error.ShouldBe(EtcdError.NoSpace);
        }

        world.Replica.Commands.Count.ShouldBe(1);
    }

    [Fact]
    public void A_write_beyond_the_quota_is_refused_even_if_the_alarm_cannot_be_raised()
    {
        world.Replica.Outcome = ProposalStatus.NoLeader;
        world.Call(Ask.Put("b", new string('x', 900))).Error.ShouldBe(EtcdError.NoSpace);
    }

    [Fact]
    public void A_full_cluster_refuses_what_may_grow_and_takes_everything_else()
    {
        world.Put("a", "1");
        world.Put("a", "2");
        Change(AlarmAction.Activate, 99, AlarmType.Nospace);

        world.Call(Ask.Put("b", "1")).Error.ShouldBe(EtcdError.NoSpace);
        world.Call(Then(Op(Ask.Put("b", "1")))).Error.ShouldBe(EtcdError.NoSpace);
        world.Call(Then(Op(Then(Op(Ask.Put("b", "1")))))).Error.ShouldBe(EtcdError.NoSpace);
        world.Call(If(Version("none", Compare.Types.CompareResult.Equal, 5)).Then(Op(Ask.Put("b", "1"))).Else(Op(Get("a"))))
            .Error.ShouldBe(EtcdError.NoSpace, "etcd looks at both branches");

        world.ValueOf("a").ShouldBe("2");
        world.Do(Then(Op(Get("a")), Op(Delete("none")))).Succeeded.ShouldBeTrue();
        world.Do(new CompactionRequest { Revision = 3 });
        world.Do(Delete("a")).Deleted.ShouldBe(1);
    }

    [Fact]
    public void Once_it_is_cleared_writes_pass_again()
    {
        Change(AlarmAction.Activate, 99, AlarmType.Nospace);
        Change(AlarmAction.Deactivate, 99, AlarmType.Nospace).ShouldBe([new AlarmMember { MemberID = 99, Alarm = AlarmType.Nospace }]);
        world.Put("b", "1");
    }

    [Fact]
    public void One_of_several_members_that_are_full_is_enough_to_refuse()
    {
        Change(AlarmAction.Activate, 1, AlarmType.Nospace);
        Change(AlarmAction.Activate, 2, AlarmType.Nospace);
        Change(AlarmAction.Deactivate, 1, AlarmType.Nospace);
        world.Call(Ask.Put("b", "1")).Error.ShouldBe(EtcdError.NoSpace);
    }

    [Fact]
    public void Nobody_and_nothing_clear_nothing_as_in_etcd()
    {
        Change(AlarmAction.Activate, 1, AlarmType.Nospace);
        Change(AlarmAction.Deactivate, 0, AlarmType.None).ShouldBeEmpty();
        Change(AlarmAction.Deactivate, 0, AlarmType.Nospace).ShouldBeEmpty();
        Change(AlarmAction.Deactivate, 1, AlarmType.Corrupt).ShouldBeEmpty();
        Change(AlarmAction.Activate, 1, AlarmType.None).ShouldBeEmpty();
        List(AlarmType.None).Count.ShouldBe(1);
    }

    [Fact]
    public void A_list_is_of_one_type_or_of_all_in_one_order_on_every_member()
    {
        Change(AlarmAction.Activate, 9, AlarmType.Corrupt);
        Change(AlarmAction.Activate, 5, AlarmType.Nospace);
        Change(AlarmAction.Activate, 3, AlarmType.Nospace);

        List(AlarmType.Nospace).Select(alarm => alarm.MemberID).ShouldBe([3ul, 5ul]);
        List(AlarmType.Corrupt).Select(alarm => alarm.MemberID).ShouldBe([9ul]);
        List(AlarmType.None).Select(alarm => alarm.MemberID).ShouldBe([3ul, 5ul, 9ul]);
    }

    [Fact]
    public void A_corrupt_cluster_is_not_changed_by_anything_but_still_read()
    {
        world.Put("a", "1");
        Change(AlarmAction.Activate, 9, AlarmType.Corrupt);

        world.Call(Ask.Put("b", "1")).Error.ShouldBe(EtcdError.Corrupt);
        world.Call(Delete("a")).Error.ShouldBe(EtcdError.Corrupt);
        world.Call(Then(Op(Delete("a")))).Error.ShouldBe(EtcdError.Corrupt);
        world.Call(new CompactionRequest { Revision = 2 }).Error.ShouldBe(EtcdError.Corrupt);
        world.ValueOf("a").ShouldBe("1");
    }

    [Fact]
    public void Alarms_are_bounded_whatever_clients_invent()
    {
        for (int i = 1; i <= 1024; i++)
        {
            Change(AlarmAction.Activate, (ulong)i, (AlarmType)77);
        }

        RecordingCall<AlarmResponse> call = new();
        world.Front.Maintenance.Alarm(new AlarmRequest { Action = AlarmAction.Activate, MemberID = 5000, Alarm = AlarmType.Nospace }, call);
        call.Error.ShouldBe(EtcdError.TooManyRequests);
        Change(AlarmAction.Activate, 5, (AlarmType)77).Count.ShouldBe(1, "it is active already");
    }

    [Fact]
    public void An_action_that_does_not_exist_is_refused()
    {
        RecordingCall<AlarmResponse> call = new();
        world.Front.Maintenance.Alarm(new AlarmRequest { Action = (AlarmAction)9 }, call);
        call.Error.ShouldBe(EtcdError.NotCapable);
    }

    [Fact]
    public void The_status_names_the_alarms_as_etcd_does()
    {
        Change(AlarmAction.Activate, 9, AlarmType.Nospace);
        RecordingCall<StatusResponse> call = new();
        world.Front.Maintenance.Status(new StatusRequest(), call);
        EtcdWorld.Answer(call).Errors.ShouldBe(["memberID:9 alarm:NOSPACE "]);
    }

    [Fact]
    public void Alarms_are_part_of_a_snapshot()
    {
        Change(AlarmAction.Activate, 9, AlarmType.Corrupt);
        Change(AlarmAction.Activate, 5, AlarmType.Nospace);
        EtcdWorld other = new();
        other.State.LoadSnapshot(new MemoryStream(world.SnapshotBytes()));

        other.SnapshotBytes().ShouldBe(world.SnapshotBytes());
        other.State.Alarms.Refusal(0).ShouldBe(EtcdError.Corrupt);
    }

    [Fact]
    public void A_member_whose_store_outgrew_its_quota_raises_the_alarm_by_itself()
    {
        EtcdWorld small = new(new EtcdOptions { ClusterId = 42, QuotaBytes = 200 });
        FillFromElsewhere(small);
        Tick(small);
        small.State.Alarms.Contains(Self, AlarmType.Nospace).ShouldBeTrue();

        int proposed = small.Replica.Commands.Count;
        Tick(small);
        small.Replica.Commands.Count.ShouldBe(proposed, "it is raised");
    }

    [Fact]
    public void A_member_whose_alarm_was_cleared_raises_it_again_once_something_is_written()
    {
        EtcdWorld small = new(new EtcdOptions { ClusterId = 42, QuotaBytes = 200 });
        FillFromElsewhere(small);
        Tick(small);
        RecordingCall<AlarmResponse> clear = new();
        small.Front.Maintenance.Alarm(new AlarmRequest { Action = AlarmAction.Deactivate, MemberID = Self, Alarm = AlarmType.Nospace }, clear);
        Tick(small);
        small.State.Alarms.Active.ShouldBeEmpty();

        FillFromElsewhere(small);
        Tick(small);
        small.State.Alarms.Active.Length.ShouldBe(1);
    }

    [Fact]
    public void A_member_tries_to_raise_its_alarm_until_there_is_a_leader_to_take_it()
    {
        EtcdWorld small = new(new EtcdOptions { ClusterId = 42, QuotaBytes = 200 });
        FillFromElsewhere(small);
        small.Replica.Outcome = ProposalStatus.Overloaded;
        Tick(small);
        small.State.Alarms.Active.ShouldBeEmpty();
        small.Replica.Outcome = null;
        small.Replica.Status = small.Replica.Status with { LeaderId = MemberId.None };
        Tick(small);
        small.State.Alarms.Active.ShouldBeEmpty();
        small.Replica.Status = small.Replica.Status with { LeaderId = new MemberId(7) };
        Tick(small);
        small.State.Alarms.Active.Length.ShouldBe(1);
    }

    /// <summary>Writes through a member that has room.</summary>
    private static void FillFromElsewhere(EtcdWorld world)
    {
        RecordingCall<PutResponse> call = new();
        new EtcdFront(world.Replica, world.State, new EtcdOptions { ClusterId = 42 }).KeyValue.Put(Ask.Put("a", new string('x', 300)), call);
        EtcdWorld.Answer(call);
    }

    private static void Tick(EtcdWorld world)
    {
        foreach (IReplicaDuty duty in world.Replica.Duties)
        {
            duty.Tick(TimeSpan.FromSeconds(1));
        }
    }

    private RepeatedField<AlarmMember> Change(AlarmAction action, ulong member, AlarmType type)
    {
        RecordingCall<AlarmResponse> call = new();
        world.Front.Maintenance.Alarm(new AlarmRequest { Action = action, MemberID = member, Alarm = type }, call);
        return EtcdWorld.Answer(call).Alarms;
    }

    private RepeatedField<AlarmMember> List(AlarmType type)
    {
        RecordingCall<AlarmResponse> call = new();
        world.Front.Maintenance.Alarm(new AlarmRequest { Alarm = type }, call);
        return EtcdWorld.Answer(call).Alarms;
    }
}
