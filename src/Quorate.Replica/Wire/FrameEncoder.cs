using Quorate.Io;
using Quorate.Raft.Messages;
using Quorate.Replica.Parts;

namespace Quorate.Replica.Wire;

/// <summary>
/// Turns messages into frames. The layouts of the bodies stand above <see cref="FrameDecoder"/>, but for those that have a type of
/// their own.
/// </summary>
internal sealed class FrameEncoder(ulong clusterId, PeerFolders folders)
{
    private const int SmallBodyBytes = 128;

    /// <summary>The frame of a message, in a buffer from the pool.</summary>
    public FrameBuffer Encode(Message message)
    {
        var buffer = new FrameBuffer(FrameHeader.Length + BodyBytes(message));
        var header = new FrameHeader(
            KindOf(message),
            FrameHeader.OnlyGroup,
            clusterId,
            message.From,
            message.To,
            message.Term,
            folders.Own,
            folders.Of(message.To));
        header.Write(buffer.GetSpan(FrameHeader.Length));
        buffer.Advance(FrameHeader.Length);
        WriteBody(new FrameWriter(buffer), message);
        FrameHeader.Seal(buffer.WrittenSpan);
        return buffer;
    }

    private static FrameKind KindOf(Message message) => message switch
    {
        AppendEntries => FrameKind.AppendEntries,
        AppendEntriesReply => FrameKind.AppendEntriesReply,
        ForwardProposals => FrameKind.ForwardProposals,
        ForwardRefused => FrameKind.ForwardRefused,
        ReadIndexRequest => FrameKind.ReadIndexRequest,
        ReadIndexReply => FrameKind.ReadIndexReply,
        RequestPreVote => FrameKind.RequestPreVote,
        RequestPreVoteReply => FrameKind.RequestPreVoteReply,
        RequestVote => FrameKind.RequestVote,
        RequestVoteReply => FrameKind.RequestVoteReply,
        InstallSnapshot => FrameKind.InstallSnapshot,
        InstallSnapshotReply => FrameKind.InstallSnapshotReply,
        TimeoutNow => FrameKind.TimeoutNow,
        Introduction => FrameKind.Introduction,
        _ => throw new ArgumentException($"{message.GetType().Name} has no frame", nameof(message)),
    };

    /// <summary>About how long the body gets, so that the buffer is rented once.</summary>
    private static int BodyBytes(Message message)
    {
        int bytes = SmallBodyBytes;
        switch (message)
        {
            case AppendEntries append:
                bytes += AppendEntriesBody.BytesOfEntries(append);
                break;
            case ForwardProposals forward:
                bytes += ForwardProposalsBody.BytesOfCommands(forward);
                break;
            case InstallSnapshot install:
                bytes += install.Data.Length;
                break;
        }

        return bytes;
    }

    private static void WriteBody(FrameWriter writer, Message message)
    {
        switch (message)
        {
            case AppendEntries append:
                AppendEntriesBody.Write(writer, append);
                break;
            case AppendEntriesReply reply:
                writer.Flag(reply.Success);
                writer.Position(reply.Previous);
                writer.Int64(reply.MatchIndex);
                writer.Position(reply.Conflict);
                writer.Int64(reply.ReadRound);
                break;
            case ForwardProposals forward:
                ForwardProposalsBody.Write(writer, forward);
                break;
            case ForwardRefused refused:
                writer.Count(refused.Refusals.Length);
                foreach (ForwardRefusal refusal in refused.Refusals)
                {
                    writer.UInt64(refusal.Number);
                    writer.Byte((byte)refusal.Status);
                }

                break;
            case ReadIndexRequest request:
                writer.Int64(request.RequestId);
                break;
            case ReadIndexReply reply:
                writer.Int64(reply.RequestId);
                writer.Byte((byte)reply.Status);
                writer.Int64(reply.Index);
                break;
            case Introduction introduction:
                writer.Flag(introduction.WantsAnswer);
                break;
            case RequestPreVote request:
                writer.Position(request.LastLog);
                break;
            case RequestPreVoteReply reply:
                writer.Flag(reply.VoteGranted);
                break;
            case RequestVote request:
                writer.Position(request.LastLog);
                writer.Flag(request.LeadershipTransfer);
                break;
            case RequestVoteReply reply:
                writer.Flag(reply.VoteGranted);
                break;
            case InstallSnapshot install:
                writer.Snapshot(install.Snapshot);
                writer.Int64(install.Offset);
                writer.Count(install.Data.Length);
                writer.Bytes(install.Data.Span);
                break;
            case InstallSnapshotReply reply:
                writer.Position(reply.LastIncluded);
                writer.Int64(reply.NextOffset);
                writer.Flag(reply.Installed);
                break;
        }
    }
}
