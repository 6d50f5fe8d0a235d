using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Raft;
using Quorate.Replica;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

/// <summary>Spec W2: nobody is told "failed" of a write that may yet commit; spec W3: what cannot be done is said at once.</summary>
public class OutcomeTests
{
    private readonly EtcdWorld world = new();

    public static TheoryData<ProposalStatus, string, bool> Writes => new()
    {
        { ProposalStatus.NoLeader, "etcdserver: no leader", false },
        { ProposalStatus.NotLeader, "etcdserver: not leader", false },
        { ProposalStatus.Overloaded, "etcdserver: too many requests", false },
        { ProposalStatus.Transferring, "etcdserver: leader changed", false },
        { ProposalStatus.Superseded, "etcdserver: leader changed", false },
        { ProposalStatus.TooLarge, "etcdserver: request is too large", false },
        { ProposalStatus.Unknown, "etcdserver: request timed out", true },
        { ProposalStatus.Stopping, "etcdserver: server stopped", true },
        { (ProposalStatus)99, "etcdserver: request timed out", true },

        // Applied, and no result came with it: what became of it is not known.
        { ProposalStatus.Applied, "etcdserver: request timed out", true },
    };

    [Theory]
    [MemberData(nameof(Writes))]
    public void A_write_that_was_not_applied_says_what_is_certain_and_no_more(ProposalStatus status, string text, bool open)
    {
        world.Replica.Outcome = status;
        EtcdError error = world.Call(Put("a", "1")).Error.ShouldNotBeNull();
        error.Text.ShouldBe(text);
        error.MayHaveTakenEffect.ShouldBe(open);
    }

    [Fact]
    public void Every_status_is_in_the_table() =>
        Writes.Select(row => (ProposalStatus)row[0])
            .ShouldBe(Enum.GetValues<ProposalStatus>().Append((ProposalStatus)99), ignoreOrder: true);

    [Fact]
    public void A_timeout_tells_of_a_leader_that_was_lost_meanwhile()
    {
        world.Replica.Outcome = ProposalStatus.Unknown;
        world.Replica.Meanwhile = () => world.Replica.Status = world.Replica.Status with { LeaderId = MemberId.None };
        world.Call(Put("a", "1")).Error.ShouldBe(EtcdError.TimeoutDueToLeaderFailure);
    }

    [Fact]
    public void A_timeout_tells_of_a_leader_that_was_replaced_meanwhile()
    {
        world.Replica.Outcome = ProposalStatus.Unknown;
        world.Replica.Meanwhile = () => world.Replica.Status = world.Replica.Status with { Term = 4 };
        world.Call(Put("a", "1")).Error.ShouldBe(EtcdError.TimeoutDueToLeaderFailure);
    }

    [Theory]
    [InlineData(ReadOutcome.NoLeader, "etcdserver: no leader")]
    [InlineData(ReadOutcome.Overloaded, "etcdserver: too many requests")]
    [InlineData(ReadOutcome.TimedOut, "etcdserver: request timed out")]
    [InlineData(ReadOutcome.Stopping, "etcdserver: server stopped")]
    public void A_read_that_cannot_be_served_says_why(ReadOutcome outcome, string text)
    {
        world.Replica.ReadOutcome = outcome;
        world.Call(Get("a")).Error.ShouldNotBeNull().Text.ShouldBe(text);
    }

    [Fact]
    public void A_request_waits_as_long_as_its_caller_and_no_longer_than_the_limit()
    {
        EtcdWorld patient = new(new EtcdOptions { ClusterId = 1, RequestTimeout = TimeSpan.FromSeconds(5) });
        foreach (TimeSpan? patience in new TimeSpan?[] { null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60) })
        {
            patient.Front.KeyValue.Put(Put("a", "1"), new RecordingCall<PutResponse> { Patience = patience });
            patient.Front.KeyValue.Range(Get("a"), new RecordingCall<RangeResponse> { Patience = patience });
        }

        patient.Replica.Timeouts.Select(timeout => timeout.TotalSeconds).ShouldBe([5, 5, 1, 1, 5, 5]);
    }

    [Fact]
    public void The_clients_bytes_become_the_command_as_they_came()
    {
        // The same request, with its fields in an order that no encoder would write.
        byte[] unusual = [0x12, 1, (byte)'v', 0x0A, 1, (byte)'k'];
        PutRequest request = PutRequest.Parser.ParseFrom(unusual);
        request.ToByteArray().ShouldNotBe(unusual);

        RecordingCall<PutResponse> call = new();
        world.Front.KeyValue.Put(request, call, unusual);

        world.Replica.Commands.Single().ShouldBe([1, .. unusual]);
        world.ValueOf("k").ShouldBe("v");
    }

    [Fact]
    public void A_write_larger_than_the_limit_is_refused_and_one_just_within_it_is_not()
    {
        EtcdWorld strict = new(new EtcdOptions { ClusterId = 1, RequestBytesMax = 100 });

        // Kind, key with tag and length, tag and length of the value.
        const int Overhead = 1 + 3 + 2;
        strict.Do(Put("k", new string('v', 100 - Overhead)));
        strict.Call(Put("k", new string('v', 101 - Overhead))).Error.ShouldBe(EtcdError.RequestTooLarge);
        strict.Replica.Commands.Count.ShouldBe(1);
    }

    [Fact]
    public void A_full_store_refuses_what_would_make_it_grow_and_takes_what_makes_room()
    {
        EtcdWorld small = new(new EtcdOptions { ClusterId = 1, QuotaBytes = 20_000 });
        EtcdError? error = null;
        for (int i = 0; i < 100 && error is null; i++)
        {
            error = small.Call(Put("k", new string('v', 1000))).Error;
        }

        error.ShouldBe(EtcdError.NoSpace);
        small.Call(Then(Op(Put("k", new string('v', 1000))))).Error.ShouldBe(EtcdError.NoSpace);
        small.Call(new TxnRequest().Else(Op(Then(Op(Put("k", new string('v', 1000))))))).Error.ShouldBe(EtcdError.NoSpace);
        small.ValueOf("k").ShouldNotBeNull();
        small.Do(Then(Op(Delete("x"))));
        small.Do(Delete("k"));
        small.Do(new CompactionRequest { Revision = small.Revision });
        small.Call(Put("k", "1")).Error.ShouldBe(EtcdError.NoSpace, "the alarm is still active");
        RecordingCall<AlarmResponse> cleared = new();
        small.Front.Maintenance.Alarm(
            new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Deactivate, MemberID = 7, Alarm = AlarmType.Nospace }, cleared);
        EtcdWorld.Answer(cleared).Alarms.Count.ShouldBe(1);
        small.Put("k", "1");
    }

    [Fact]
    public void Without_a_quota_nothing_is_too_much()
    {
        EtcdWorld free = new(new EtcdOptions { ClusterId = 1, QuotaBytes = 0 });
        free.Put("k", new string('v', 100_000));
    }

    [Fact]
    public void A_learner_answers_local_reads_only()
    {
        world.Put("a", "1");
        world.Replica.Status = world.Replica.Status with
        {
            Configuration = new Configuration([new MemberId(1)], learners: [new MemberId(7)]),
        };

        world.Call(Put("a", "1")).Error.ShouldBe(EtcdError.NotSupportedForLearner);
        world.Call(Get("a")).Error.ShouldBe(EtcdError.NotSupportedForLearner);
        RangeRequest local = Get("a");
        local.Serializable = true;
        world.Do(local).Kvs.Count.ShouldBe(1);
    }
}
