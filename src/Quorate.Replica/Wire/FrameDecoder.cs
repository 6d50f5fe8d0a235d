using Quorate.Raft;
using Quorate.Raft.Messages;

namespace Quorate.Replica.Wire;

/// <summary>
/// Turns frames into messages. It refuses by default: what is not exactly a frame of this cluster, for this member,
/// is named by a <see cref="FrameRefusal"/> and never throws, whatever the bytes.
/// </summary>
/// <remarks>
/// The bodies, fields in order; <c>pos</c> is a term and an index, i64 each:
/// <code>
/// RequestPreVote        pos last log
/// RequestPreVoteReply   u8 granted
/// RequestVote           pos last log | u8 leadership transfer
/// RequestVoteReply      u8 granted
/// AppendEntries         see AppendEntriesBody
/// AppendEntriesReply    u8 success | pos previous | i64 match index | pos conflict | i64 read round
/// InstallSnapshot       pos last included | i64 length | u32 checksum | u32 bytes | configuration
///                       | i64 offset | u32 bytes | the bytes
/// InstallSnapshotReply  pos last included | i64 next offset | u8 installed
/// TimeoutNow            nothing
/// ReadIndexRequest      i64 request id
/// ReadIndexReply        i64 request id | u8 status | i64 index
/// ForwardProposals      see ForwardProposalsBody
/// ForwardRefused        u32 count | (u64 number | u8 status) …
/// Introduction          u8 wants an answer
/// </code>
/// </remarks>
internal sealed class FrameDecoder(MemberId self, ulong clusterId, int frameBytesMax)
{
    private const int RefusalBytes = sizeof(ulong) + sizeof(byte);

    /// <summary>Reads a frame. What the message keeps of the bytes is copied, so the frame's memory may be used again.</summary>
    public FrameRefusal TryDecode(ulong sender, ReadOnlySpan<byte> frame, out FrameHeader header, out Message? message)
    {
        header = default;
        message = null;
        if (frame.Length > frameBytesMax)
        {
            return FrameRefusal.TooLarge;
        }

        FrameRefusal refusal = FrameHeader.TryRead(frame, out header);
        if (refusal == FrameRefusal.None)
        {
            refusal = CheckAddress(header, sender);
        }

        if (refusal != FrameRefusal.None)
        {
            return refusal;
        }

        var reader = new FrameReader(frame[FrameHeader.Length..]);
        message = ReadBody(ref reader, header, out bool known);
        if (!known)
        {
            return FrameRefusal.UnknownKind;
        }

        if (!reader.IsComplete || message is null)
        {
            message = null;
            return FrameRefusal.Malformed;
        }

        return FrameRefusal.None;
    }

    private FrameRefusal CheckAddress(in FrameHeader header, ulong sender)
    {
        if (header.Cluster != clusterId)
        {
            return FrameRefusal.OtherCluster;
        }

        if (header.Group != FrameHeader.OnlyGroup)
        {
            return FrameRefusal.OtherGroup;
        }

        if (header.To != self)
        {
            return FrameRefusal.OtherMember;
        }

        return header.From.Value != sender || header.From == self ? FrameRefusal.OtherSender : FrameRefusal.None;
    }

    private static Message? ReadBody(ref FrameReader reader, in FrameHeader header, out bool known)
    {
        known = true;
        switch (header.Kind)
        {
            case FrameKind.AppendEntries:
                return AppendEntriesBody.Read(ref reader, header);
            case FrameKind.AppendEntriesReply:
                return new AppendEntriesReply
                {
                    From = header.From,
                    To = header.To,
                    Term = header.Term,
                    Success = reader.Flag(),
                    Previous = reader.Position(),
                    MatchIndex = reader.Int64(),
                    Conflict = reader.Position(),
                    ReadRound = reader.Int64(),
                };
            case FrameKind.RequestPreVote:
                return new RequestPreVote
                {
                    From = header.From,
                    To = header.To,
                    Term = header.Term,
                    LastLog = reader.Position(),
                };
            case FrameKind.RequestPreVoteReply:
                return new RequestPreVoteReply
                {
                    From = header.From,
                    To = header.To,
                    Term = header.Term,
                    VoteGranted = reader.Flag(),
                };
            case FrameKind.RequestVote:
                return new RequestVote
                {
                    From = header.From,
                    To = header.To,
                    Term = header.Term,
                    LastLog = reader.Position(),
                    LeadershipTransfer = reader.Flag(),
                };
            case FrameKind.RequestVoteReply:
                return new RequestVoteReply
                {
                    From = header.From,
                    To = header.To,
                    Term = header.Term,
                    VoteGranted = reader.Flag(),
                };
            case FrameKind.InstallSnapshot:
                return ReadInstallSnapshot(ref reader, header);
            case FrameKind.InstallSnapshotReply:
                return new InstallSnapshotReply
                {
                    From = header.From,
                    To = header.To,
                    Term = header.Term,
                    LastIncluded = reader.Position(),
                    NextOffset = reader.Int64(),
                    Installed = reader.Flag(),
                };
            case FrameKind.TimeoutNow:
                return new TimeoutNow { From = header.From, To = header.To, Term = header.Term };
            case FrameKind.ReadIndexRequest:
                return new ReadIndexRequest
                {
                    From = header.From,
                    To = header.To,
                    Term = header.Term,
                    RequestId = reader.Int64(),
                };
            case FrameKind.ReadIndexReply:
                return ReadReadIndexReply(ref reader, header);
            case FrameKind.ForwardProposals:
                return ForwardProposalsBody.Read(ref reader, header);
            case FrameKind.ForwardRefused:
                return ReadForwardRefused(ref reader, header);
            case FrameKind.Introduction:
                return new Introduction { From = header.From, To = header.To, Term = header.Term, WantsAnswer = reader.Flag() };
            default:
                known = false;
                return null;
        }
    }

    private static InstallSnapshot? ReadInstallSnapshot(ref FrameReader reader, in FrameHeader header)
    {
        SnapshotMetadata? snapshot = reader.Snapshot();
        long offset = reader.Int64();
        int length = reader.Count(1);
        if (snapshot is null || reader.Failed || length != reader.BytesLeft || offset > snapshot.Length - length)
        {
            return null;
        }

        return new InstallSnapshot
        {
            From = header.From,
            To = header.To,
            Term = header.Term,
            Snapshot = snapshot,
            Offset = offset,
            ChunkLength = length,
            Data = reader.Bytes(reader.BytesLeft).ToArray(),
        };
    }

    private static ReadIndexReply? ReadReadIndexReply(ref FrameReader reader, in FrameHeader header)
    {
        long requestId = reader.Int64();
        var status = (ReadStatus)reader.Byte();
        long index = reader.Int64();
        if (status is not (ReadStatus.Confirmed or ReadStatus.NoLeader or ReadStatus.Overloaded))
        {
            return null;
        }

        return new ReadIndexReply
        {
            From = header.From,
            To = header.To,
            Term = header.Term,
            RequestId = requestId,
            Status = status,
            Index = index,
        };
    }

    private static ForwardRefused? ReadForwardRefused(ref FrameReader reader, in FrameHeader header)
    {
        var refusals = new ForwardRefusal[reader.Count(RefusalBytes)];
        for (int i = 0; i < refusals.Length; i++)
        {
            ulong number = reader.UInt64();
            refusals[i] = new ForwardRefusal(number, (ProposalStatus)reader.Byte());
            reader.Require(ForwardRefusal.IsCertain(refusals[i].Status));
        }

        return new ForwardRefused { From = header.From, To = header.To, Term = header.Term, Refusals = refusals };
    }
}
