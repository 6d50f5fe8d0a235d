using Quorate.Io;
using Quorate.Raft.Messages;
using Quorate.Replica.Parts;
using Quorate.Replica.Wire;

namespace Quorate.Replica.Tests.Wire;

public sealed class FrameSummaryTests
{
    private static readonly PeerFolders s_folders = new(own: 5, new Dictionary<ulong, ulong>(), (_, _, _) => { });
    private static readonly FrameEncoder s_encoder = new(77, s_folders);

    [Fact]
    public void A_summary_says_what_the_message_says()
    {
        RandomMessages messages = new(11);
        for (int i = 0; i < 2000; i++)
        {
            Message message = messages.Next(i % RandomMessages.Kinds);

            FrameSummary.TryRead(Encode(message), out FrameSummary summary).ShouldBeTrue();

            summary.Kind.ToString().ShouldBe(message.GetType().Name);
            (summary.From, summary.To, summary.Term).ShouldBe((message.From, message.To, message.Term));
            ShouldTell(summary, message);
        }
    }

    [Fact]
    public void What_is_no_whole_frame_has_no_summary_and_never_throws()
    {
        RandomMessages messages = new(12);
        for (int i = 0; i < 5000; i++)
        {
            byte[] frame = Encode(messages.Next(i % RandomMessages.Kinds));
            FrameSummary.TryRead(frame.AsSpan(0, i % frame.Length), out FrameSummary cut).ShouldBeFalse();
            cut.ShouldBe(default);
            FrameSummary.TryRead(messages.Bytes(300), out _).ShouldBeFalse();

            // Under a good checksum anything may come out, but nothing is thrown.
            byte[] shortened = frame[..(FrameHeader.Length + ((frame.Length - FrameHeader.Length) / 2))];
            FrameHeader.Seal(shortened);
            FrameSummary.TryRead(shortened, out _);
        }
    }

    [Fact]
    public void Reading_a_summary_allocates_nothing()
    {
        RandomMessages messages = new(13);
        byte[][] frames = [.. Enumerable.Range(0, RandomMessages.Kinds).Select(kind => Encode(messages.Next(kind)))];
        ReadAll(frames);

        long before = GC.GetAllocatedBytesForCurrentThread();
        ReadAll(frames);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static void ReadAll(byte[][] frames)
    {
        foreach (byte[] frame in frames)
        {
            FrameSummary.TryRead(frame, out _);
        }
    }

    private static void ShouldTell(in FrameSummary summary, Message message)
    {
        switch (message)
        {
            case RequestPreVote request:
                summary.LastLog.ShouldBe(request.LastLog);
                break;
            case RequestVote request:
                (summary.LastLog, summary.LeadershipTransfer).ShouldBe((request.LastLog, request.LeadershipTransfer));
                break;
            case RequestVoteReply reply:
                summary.Granted.ShouldBe(reply.VoteGranted);
                break;
            case AppendEntries append:
                (summary.Previous, summary.CommitIndex, summary.ReadRound, summary.WantsAnswer, summary.Entries)
                    .ShouldBe((append.Previous, append.CommitIndex, append.ReadRound, (bool?)append.WantsAnswer, append.Entries.Length));
                break;
            case AppendEntriesReply reply:
                (summary.Success, summary.Previous, summary.MatchIndex, summary.Conflict, summary.ReadRound)
                    .ShouldBe((reply.Success, reply.Previous, reply.MatchIndex, reply.Conflict, reply.ReadRound));
                break;
            case InstallSnapshot install:
                (summary.LastIncluded, summary.SnapshotBytes, summary.Offset).ShouldBe((install.Snapshot.LastIncluded, install.Snapshot.Length, install.Offset));
                break;
            case InstallSnapshotReply reply:
                (summary.LastIncluded, summary.Offset, summary.Installed).ShouldBe((reply.LastIncluded, reply.NextOffset, reply.Installed));
                break;
            case ReadIndexReply reply:
                (summary.RequestId, summary.Status, summary.ReadIndex).ShouldBe((reply.RequestId, reply.Status, reply.Index));
                break;
            case ForwardProposals forward:
                (summary.Sequence, summary.Commands).ShouldBe((forward.Sequence, forward.Commands.Length));
                break;
            case ForwardRefused refused:
                summary.Commands.ShouldBe(refused.Refusals.Length);
                break;
        }
    }

    private static byte[] Encode(Message message)
    {
        using FrameBuffer frame = s_encoder.Encode(message);
        return frame.WrittenSpan.ToArray();
    }
}
