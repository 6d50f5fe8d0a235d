using Quorate.Raft.Messages;
using static Quorate.Raft.Tests.Sections.SingleServer;

namespace Quorate.Raft.Tests.Sections;

/// <summary>Paper §7, figure 13: the receiver of snapshots, and restarts from them (spec S2, S3).</summary>
public sealed class Section7_InstallSnapshot
{
    [Fact]
    public void Chunks_are_put_aside_and_answered_with_how_far_the_follower_has_come()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 3);
        InstallSnapshot message = Chunk(server, 0, 4);

        server.Receive(message);
        server.Node.SnapshotChunkStored(server.Chunks.Single(), nextOffset: 4);
        server.Settle();

        InstallSnapshotReply reply = server.TakeSent<InstallSnapshotReply>().ShouldHaveSingleItem();
        reply.NextOffset.ShouldBe(4);
        reply.Installed.ShouldBeFalse();
    }

    [Fact]
    public void An_installed_snapshot_replaces_the_log_and_is_acknowledged_once_that_is_on_disk()
    {
        SingleServer server = new SingleServer(log: [1, 1]).BecomeFollowerOf(2, 3);
        server.Receive(Chunk(server, 0, 10));

        server.Node.SnapshotInstalled(SnapshotAt(2, 8));
        RaftOutput output = server.Take();

        output.ReplacedBySnapshot!.LastIncluded.ShouldBe(At(2, 8));
        output.Messages.ShouldBeEmpty();
        output.MessagesOnceDurable.ShouldHaveSingleItem().ShouldBeOfType<InstallSnapshotReply>().Installed.ShouldBeTrue();
        server.Node.LastLog.ShouldBe(At(2, 8));
        server.Node.CommitIndex.ShouldBe(8);
        server.Node.HandedOutIndex.ShouldBe(8);
    }

    [Fact]
    public void The_log_goes_on_behind_an_installed_snapshot()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 3);
        server.Receive(Chunk(server, 0, 10));
        server.Node.SnapshotInstalled(SnapshotAt(2, 8));

        server.Receive(server.Append(2, 3, At(2, 8), commitIndex: 9, 3));

        server.Applied.ShouldHaveSingleItem().Position.ShouldBe(At(3, 9));
        server.Node.DurableIndex.ShouldBe(9);
    }

    [Fact]
    public void A_snapshot_brings_its_configuration()
    {
        SingleServer server = new SingleServer(voters: 3).BecomeFollowerOf(2, 3);
        SnapshotMetadata snapshot = SnapshotAt(2, 8, voters: 5);

        server.Node.SnapshotInstalled(snapshot);

        server.Node.Configuration.Voters.Length.ShouldBe(5);
        server.Node.ConfigurationAt(8).ShouldBeSameAs(snapshot.Configuration);
    }

    [Fact]
    public void Entries_behind_a_snapshot_that_the_log_already_leads_up_to_stay()
    {
        SingleServer server = new SingleServer(log: [1, 1, 1, 1]).BecomeFollowerOf(2, 3);
        server.Receive(Chunk(server, 0, 10, At(1, 2)));

        server.Chunks.ShouldBeEmpty();
        server.TakeSent<InstallSnapshotReply>().ShouldHaveSingleItem().Installed.ShouldBeTrue();
        server.Node.LastLog.ShouldBe(At(1, 4));
        server.Node.CommitIndex.ShouldBe(2);
    }

    [Fact]
    public void An_old_snapshot_is_answered_at_once()
    {
        SingleServer server = new SingleServer(log: [1, 1, 1]).BecomeFollowerOf(2, 3);
        server.Receive(server.Append(2, 3, At(1, 3), commitIndex: 3));
        server.Sent.Clear();

        server.Receive(Chunk(server, 4, 4, At(1, 2)));

        server.Chunks.ShouldBeEmpty();
        server.TakeSent<InstallSnapshotReply>().ShouldHaveSingleItem().Installed.ShouldBeTrue();
    }

    [Fact]
    public void Nothing_is_applied_while_a_received_snapshot_is_being_loaded()
    {
        SingleServer server = new SingleServer(log: [1, 1, 1]).BecomeFollowerOf(2, 3);
        server.Receive(Chunk(server, 0, 10));

        server.Receive(server.Append(2, 3, At(1, 3), commitIndex: 10, 2, 2, 2, 2, 2, 3, 3));
        int whileLoading = server.Applied.Count;
        server.Node.SnapshotInstalled(SnapshotAt(2, 8));
        server.Settle();

        whileLoading.ShouldBe(0);
        server.Applied.Select(entry => entry.Index).ShouldBe([9L, 10L]);
        server.Node.LastLog.ShouldBe(At(3, 10));
    }

    [Fact]
    public void A_last_chunk_with_others_missing_does_not_hold_up_what_is_committed()
    {
        SingleServer server = new SingleServer(log: [1, 1, 1]).BecomeFollowerOf(2, 3);
        server.Receive(Chunk(server, 8, 2));
        server.Node.SnapshotChunkStored(server.Chunks.Single(), nextOffset: 0);

        server.Receive(server.Append(2, 3, At(1, 3), commitIndex: 3));

        server.Applied.Count.ShouldBe(3);
    }

    [Fact]
    public void A_chunk_that_is_passed_over_is_not_answered_and_the_next_one_is_taken()
    {
        SingleServer server = new SingleServer(log: [1, 1, 1]).BecomeFollowerOf(2, 3);
        server.Receive(Chunk(server, 8, 2));
        server.Node.SnapshotChunkPassedOver(server.Chunks.Single());
        server.Settle();
        server.Sent.ShouldBeEmpty();

        server.Receive(server.Append(2, 3, At(1, 3), commitIndex: 3));
        server.Applied.Count.ShouldBe(3, "nothing is being loaded");
        server.Receive(Chunk(server, 8, 2));
        server.Chunks.Count.ShouldBe(2);
    }

    [Fact]
    public void What_a_loaded_snapshot_commits_does_not_count_as_uncommitted()
    {
        SingleServer server = new SingleServer(configure: options => options with { UncommittedBytesMax = 10 }).BecomeFollowerOf(2, 2);
        server.Receive(new InstallSnapshot
        {
            From = Member(2), To = server.Node.Id, Term = 2, Snapshot = SnapshotAt(1, 8), Offset = 0, ChunkLength = 10, Data = new byte[10],
        });
        server.Chunks.Count.ShouldBe(1);

        // A leader that still has the log brings what the snapshot stands for; then this server comes to lead.
        server.Receive(server.Append(3, 3, LogPosition.Start, 0, [.. Enumerable.Repeat(1L, 8)]));
        server.Tick(11);
        server.BecomeLeader();
        server.Node.SnapshotInstalled(SnapshotAt(1, 8));
        server.Settle();
        long last = server.Node.LastLog.Index;
        server.Receive(new AppendEntriesReply
        {
            From = Member(2), To = server.Node.Id, Term = server.Node.CurrentTerm, Success = true, Previous = new LogPosition(1, 8), MatchIndex = last,
        });

        server.Node.CommitIndex.ShouldBe(last, "everything is committed");
        server.Node.Propose(new byte[5]).Status.ShouldBe(ProposeStatus.Accepted);
    }

    [Fact]
    public void A_write_from_before_the_installation_vouches_for_nothing_behind_it()
    {
        SingleServer server = new SingleServer().BecomeFollowerOf(2, 3);
        server.Node.Step(server.Append(2, 3, LogPosition.Start, 0, [.. Enumerable.Repeat(1L, 9)]));
        server.Take();
        server.Node.SnapshotInstalled(SnapshotAt(2, 8));
        server.Take();
        server.Node.Step(server.Append(2, 3, At(2, 8), 0, 3));
        server.Take();

        server.Flush();
        long afterOldWrite = server.Node.DurableIndex;
        server.Flush();
        server.Flush();

        afterOldWrite.ShouldBe(8);
        server.Node.DurableIndex.ShouldBe(9);
    }

    [Fact]
    public void A_restart_goes_on_from_snapshot_and_log()
    {
        var server = new SingleServer(snapshot: SnapshotAt(1, 4), entries: Entries(3, 1, 1, 2));

        server.Node.CommitIndex.ShouldBe(4);
        server.Node.HandedOutIndex.ShouldBe(4);
        server.Node.LastLog.ShouldBe(At(2, 5));
        server.Node.Log.FirstIndex.ShouldBe(4);
        server.Take().IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_restart_whose_log_does_not_lead_up_to_the_snapshot_begins_the_log_anew(int term)
    {
        var server = new SingleServer(
            hardState: new HardState(3, MemberId.None), snapshot: SnapshotAt(2, 4), entries: Entries(1, 1, 1, 1, term, term));

        RaftOutput output = server.Take();

        server.Node.LastLog.ShouldBe(At(2, 4));
        output.ReplacedBySnapshot!.LastIncluded.ShouldBe(At(2, 4));
    }

    [Fact]
    public void A_gap_between_snapshot_and_log_is_not_started_from() =>
        Should.Throw<ArgumentException>(() => new SingleServer(snapshot: SnapshotAt(1, 4), entries: Entries(6, 1))).Message.ShouldContain("missing");

    private static InstallSnapshot Chunk(SingleServer server, long offset, int length, LogPosition? last = null) => new()
    {
        From = Member(2),
        To = Member(1),
        Term = server.Node.CurrentTerm,
        Snapshot = SnapshotAt(last?.Term ?? 2, last?.Index ?? 8),
        Offset = offset,
        ChunkLength = length,
        Data = new byte[length],
    };
}
