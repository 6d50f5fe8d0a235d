using Quorate.Etcd.Duties;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Raft;
using static Quorate.Etcd.Protocol.AlarmRequest.Types;

namespace Quorate.Etcd.Tests;

/// <summary>Who listens for alarms hears of each that comes and goes, and of none that is long over.</summary>
public sealed class AlarmListenerTests
{
    private readonly EtcdStateMachine _state = new();
    private readonly ScriptedReplica _replica;
    private readonly Heard _heard = new();

    public AlarmListenerTests() => _replica = new ScriptedReplica(_state);

    [Fact]
    public void An_alarm_is_told_once_when_it_is_raised_and_once_when_it_is_cleared()
    {
        EtcdFront front = Start();
        Change(front, AlarmAction.Activate, 5, AlarmType.Nospace);
        Tick();
        Change(front, AlarmAction.Activate, 5, AlarmType.Nospace);
        Tick();
        _heard.ShouldBe(["raised 5 Nospace"]);

        Change(front, AlarmAction.Activate, 9, AlarmType.Corrupt);
        Change(front, AlarmAction.Deactivate, 5, AlarmType.Nospace);
        Tick();
        Tick();
        _heard.ShouldBe(["raised 5 Nospace", "cleared 5 Nospace", "raised 9 Corrupt"]);
    }

    [Fact]
    public void What_the_log_raised_and_cleared_before_the_start_is_not_told_and_what_is_active_is()
    {
        EtcdFront before = Start();
        Change(before, AlarmAction.Activate, 5, AlarmType.Nospace);
        long lastIndex = _replica.Status.LastIndex + 10;

        // A log that is longer than what has been applied of it so far.
        _replica.Duties.Clear();
        _replica.Status = _replica.Status with { LastIndex = lastIndex };
        EtcdFront front = Start();
        Tick();
        Change(front, AlarmAction.Activate, 9, AlarmType.Corrupt);
        Change(front, AlarmAction.Deactivate, 5, AlarmType.Nospace);
        _replica.Status = _replica.Status with { LastIndex = lastIndex };
        Tick();
        _heard.ShouldBeEmpty();

        _replica.Status = _replica.Status with { AppliedIndex = lastIndex };
        Tick();
        _heard.ShouldBe(["raised 9 Corrupt"]);
    }

    [Fact]
    public void Nothing_is_told_before_a_leader_is_known_since_nothing_is_known_of_what_is_committed()
    {
        Change(Start(), AlarmAction.Activate, 5, AlarmType.Nospace);
        _replica.Status = _replica.Status with { LeaderId = MemberId.None };
        Tick();
        _heard.ShouldBeEmpty();

        _replica.Status = _replica.Status with { LeaderId = new MemberId(7) };
        Tick();
        _heard.ShouldBe(["raised 5 Nospace"]);
    }

    [Fact]
    public void An_end_of_the_log_that_is_cut_off_is_not_waited_for()
    {
        _replica.Status = _replica.Status with { LastIndex = 100 };
        EtcdFront front = Start();
        Change(front, AlarmAction.Activate, 5, AlarmType.Nospace);

        Tick();

        _heard.ShouldBe(["raised 5 Nospace"]);
    }

    [Fact]
    public void A_snapshot_that_replaces_the_state_tells_what_commands_would_have_told()
    {
        EtcdFront front = Start();
        Change(front, AlarmAction.Activate, 5, AlarmType.Nospace);
        Tick();

        EtcdWorld other = new();
        other.Front.Maintenance.Alarm(
            new AlarmRequest { Action = AlarmAction.Activate, MemberID = 9, Alarm = AlarmType.Corrupt }, new RecordingCall<AlarmResponse>());
        _state.LoadSnapshot(new MemoryStream(other.SnapshotBytes()));
        Tick();

        _heard.ShouldBe(["raised 5 Nospace", "cleared 5 Nospace", "raised 9 Corrupt"]);
    }

    private static void Change(EtcdFront front, AlarmAction action, ulong member, AlarmType type) =>
        front.Maintenance.Alarm(new AlarmRequest { Action = action, MemberID = member, Alarm = type }, new RecordingCall<AlarmResponse>());

    private EtcdFront Start() => new(_replica, _state, new EtcdOptions { ClusterId = 42 }, alarmListener: _heard);

    private void Tick() => _replica.Duties.OfType<AlarmDuty>().ShouldHaveSingleItem().Tick(TimeSpan.Zero);

    private sealed class Heard : List<string>, IAlarmListener
    {
        public void Raised(AlarmMember alarm) => Add($"raised {alarm.MemberID} {alarm.Alarm}");

        public void Cleared(AlarmMember alarm) => Add($"cleared {alarm.MemberID} {alarm.Alarm}");
    }
}
