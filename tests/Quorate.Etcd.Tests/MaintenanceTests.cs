using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Etcd.Tests;

public class MaintenanceTests
{
    private readonly EtcdWorld world = new();

    [Fact]
    public void The_status_tells_where_this_member_is()
    {
        world.Put("a", "1");
        world.Replica.Status = world.Replica.Status with { CommitIndex = 9, AppliedIndex = 8, LeaderId = new MemberId(5) };

        StatusResponse status = Status();

        status.Header.ShouldBe(new ResponseHeader { ClusterId = 42, MemberId = 7, Revision = 2, RaftTerm = 3 });
        status.Version.ShouldBe("3.7.0");
        (status.Leader, status.RaftIndex, status.RaftAppliedIndex, status.RaftTerm).ShouldBe((5ul, 9ul, 8ul, 3ul));
        status.DbSize.ShouldBe(world.State.Current.SizeBytes);
        status.DbSizeInUse.ShouldBe(status.DbSize);
        status.DbSizeQuota.ShouldBe(2L * 1024 * 1024 * 1024);
        status.IsLearner.ShouldBeFalse();
        status.Errors.ShouldBeEmpty();
    }

    [Fact]
    public void The_status_says_what_is_wrong()
    {
        world.Replica.Status = world.Replica.Status with
        {
            LeaderId = MemberId.None,
            Failure = "the log could not be flushed",
            Configuration = new Configuration([new MemberId(1)], learners: [new MemberId(7)]),
        };
        StatusResponse status = Status();
        status.Errors.ShouldBe(["etcdserver: no leader", "the log could not be flushed"]);
        status.IsLearner.ShouldBeTrue();
    }

    [Fact]
    public void Members_with_equal_states_have_equal_hashes_also_of_a_revision_gone_by()
    {
        EtcdWorld other = new();
        foreach (EtcdWorld each in new[] { world, other })
        {
            each.Put("a", "1");
            each.Put("b", "2");
        }

        uint then = Hash(world, 0).Hash;
        world.Put("a", "3");

        Hash(other, 0).Hash.ShouldBe(then);
        HashKVResponse ofThen = Hash(world, 3);
        ofThen.Hash.ShouldBe(then);
        ofThen.HashRevision.ShouldBe(3);
        ofThen.Header.Revision.ShouldBe(4);
        Hash(world, 0).Hash.ShouldNotBe(then);
    }

    [Fact]
    public void A_hash_of_a_revision_that_cannot_be_read_is_refused()
    {
        world.Put("a", "1");
        world.Put("a", "2");
        world.Do(new CompactionRequest { Revision = 3 });
        foreach ((long revision, EtcdError error) in new[] { (2L, EtcdError.Compacted), (4L, EtcdError.FutureRevision) })
        {
            RecordingCall<HashKVResponse> call = new();
            world.Front.Maintenance.HashKV(new HashKVRequest { Revision = revision }, call);
            call.Error.ShouldBe(error);
        }

        Hash(world, 3).CompactRevision.ShouldBe(3);
    }

    [Fact]
    public void The_hash_of_the_whole_is_that_of_the_present_revision()
    {
        world.Put("a", "1");
        RecordingCall<HashResponse> call = new();
        world.Front.Maintenance.Hash(new HashRequest(), call);
        EtcdWorld.Answer(call).Hash.ShouldBe(Hash(world, 0).Hash);
    }

    [Fact]
    public void A_defragmentation_is_done_at_once()
    {
        RecordingCall<DefragmentResponse> call = new();
        world.Front.Maintenance.Defragment(new DefragmentRequest(), call);
        EtcdWorld.Answer(call).Header.Revision.ShouldBe(1);
    }

    [Theory]
    [InlineData(TransferOutcome.Moved, null)]
    [InlineData(TransferOutcome.TimedOut, "etcdserver: request timed out, leader transfer took too long")]
    [InlineData(TransferOutcome.AlreadyLeader, null)]
    [InlineData(TransferOutcome.NotLeader, "etcdserver: not leader")]
    [InlineData(TransferOutcome.NotAVoter, "etcdserver: bad leader transferee")]
    [InlineData(TransferOutcome.InProgress, "etcdserver: too many requests")]
    [InlineData(TransferOutcome.Stopping, "etcdserver: server stopped")]
    public void Leadership_is_handed_over_or_it_is_said_why_not(TransferOutcome transfer, string? text)
    {
        world.Replica.Transfer = transfer;
        RecordingCall<MoveLeaderResponse> call = new();
        world.Front.Maintenance.MoveLeader(new MoveLeaderRequest { TargetID = 9 }, call);
        world.Replica.TransferTargets.ShouldBe([new MemberId(9)]);
        call.HasEnded.ShouldBeTrue();
        call.Error?.Text.ShouldBe(text);
        (call.Error is null).ShouldBe(text is null);
    }

    [Theory]
    [InlineData("3.6", "etcdserver: quorate has formats")]
    [InlineData("3.6.0", "etcdserver: quorate has formats")]
    [InlineData("3.5", "etcdserver: invalid downgrade target version")]
    [InlineData("3.7", "etcdserver: invalid downgrade target version")]
    [InlineData("4.0", "etcdserver: invalid downgrade target version")]
    [InlineData("", "etcdserver: wrong downgrade target version format")]
    [InlineData("3", "etcdserver: wrong downgrade target version format")]
    [InlineData("3.x", "etcdserver: wrong downgrade target version format")]
    [InlineData("3.-6", "etcdserver: wrong downgrade target version format")]
    [InlineData("3.6.0.0", "etcdserver: wrong downgrade target version format")]
    public void A_downgrade_is_refused_and_it_is_said_why(string version, string text)
    {
        foreach (var action in new[] { DowngradeRequest.Types.DowngradeAction.Validate, DowngradeRequest.Types.DowngradeAction.Enable })
        {
            RecordingCall<DowngradeResponse> call = new();
            world.Front.Maintenance.Downgrade(new DowngradeRequest { Action = action, Version = version }, call);
            call.Error.ShouldNotBeNull().Text.ShouldStartWith(text);
        }
    }

    [Fact]
    public void A_downgrade_that_is_not_under_way_can_be_given_up_as_in_etcd()
    {
        RecordingCall<DowngradeResponse> call = new();
        world.Front.Maintenance.Downgrade(new DowngradeRequest { Action = DowngradeRequest.Types.DowngradeAction.Cancel }, call);
        EtcdWorld.Answer(call).Version.ShouldBe("3.7.0");
    }

    private static HashKVResponse Hash(EtcdWorld world, long revision)
    {
        RecordingCall<HashKVResponse> call = new();
        world.Front.Maintenance.HashKV(new HashKVRequest { Revision = revision }, call);
        return EtcdWorld.Answer(call);
    }

    private StatusResponse Status()
    {
        RecordingCall<StatusResponse> call = new();
        world.Front.Maintenance.Status(new StatusRequest(), call);
        return EtcdWorld.Answer(call);
    }
}
