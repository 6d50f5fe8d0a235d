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
/// AppendEntries         see ReadAppendEntries
/// AppendEntriesReply    u8 success | pos previous | i64 match index | pos conflict | i64 read round
/// InstallSnapshot       pos last included | i64 length | u32 checksum | u32 bytes | configuration
///                       | i64 offset | u32 bytes | the bytes
/// InstallSnapshotReply  pos last included | i64 next offset | u8 installed
/// TimeoutNow            nothing
/// ReadIndexRequest      i64 request id
/// ReadIndexReply        i64 request id | u8 status | i64 index
/// ForwardProposals      see ReadForwardProposals
/// ForwardRefused        u32 count | (u64 number | u8 status) …
/// Introduction          u8 wants an answer
/// </code>
/// </remarks>
internal sealed class FrameDecoder(MemberId self, ulong clusterId, int frameBytesMax)
{
    /// <summary>i64 term, u32 length, u8 kind.</summary>
    public const int EntryHeaderBytes = sizeof(long) + sizeof(uint) + sizeof(byte);

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
                return ReadAppendEntries(ref reader, header);
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
                return ReadForwardProposals(ref reader, header);
            case FrameKind.ForwardRefused:
                return ReadForwardRefused(ref reader, header);
            case FrameKind.Introduction:
                return new Introduction { From = header.From, To = header.To, Term = header.Term, WantsAnswer = reader.Flag() };
            default:
                known = false;
                return null;
        }
    }

    /// <summary>
    /// The indexes are those that follow the previous entry. All commands stand together at the end, so that one copy of
    /// that region becomes the memory of all entries.
    /// <code>
    ///  0          16             24           32        33      37
    /// +----------+--------------+------------+---------+-------+-----------------------------------+------------+-----
    /// | previous | commit index | read round | answer? | count | (i64 term | u32 length | u8 kind) … | command 1 | …
    /// +----------+--------------+------------+---------+-------+-----------------------------------+------------+-----
    /// </code>
    /// </summary>
    private static AppendEntries? ReadAppendEntries(ref FrameReader reader, in FrameHeader header)
    {
        LogPosition previous = reader.Position();
        long commitIndex = reader.Int64();
        long readRound = reader.Int64();
        bool wantsAnswer = reader.Flag();
        int count = reader.Count(EntryHeaderBytes);
        reader.Require(previous.Index <= long.MaxValue - count);
        FrameReader headers = new(reader.Bytes(count * EntryHeaderBytes));
        if (reader.Failed)
        {
            return null;
        }

        ReadOnlyMemory<byte> commands = CopyCommands(ref reader);
        Entry[] entries = count == 0 ? [] : new Entry[count];
        long term = previous.Term;
        int offset = 0;
        for (int i = 0; i < count; i++)
        {
            long entryTerm = headers.Int64();
            uint length = headers.UInt32();
            byte kind = headers.Byte();

            // Terms in a log never fall, and no entry is newer than its leader.
            if (headers.Failed || entryTerm < term || entryTerm > header.Term || kind > (byte)EntryKind.Configuration
                || length > commands.Length - offset)
            {
                return null;
            }

            entries[i] = new Entry(
                entryTerm, previous.Index + 1 + i, (EntryKind)kind, commands.Slice(offset, (int)length));
            if (kind == (byte)EntryKind.Configuration && !IsConfiguration(entries[i].Command.Span))
            {
                return null;
            }

            term = entryTerm;
            offset += (int)length;
        }

        if (offset != commands.Length)
        {
            return null;
        }

        return new AppendEntries
        {
            From = header.From,
            To = header.To,
            Term = header.Term,
            Previous = previous,
            CommitIndex = commitIndex,
            ReadRound = readRound,
            WantsAnswer = wantsAnswer,
            Entries = entries,
        };
    }

    private static bool IsConfiguration(ReadOnlySpan<byte> command)
    {
        try
        {
            ConfigurationCodec.Decode(command);
            return true;
        }
        catch (FormatException)
        {
            return false;
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

    /// <summary>
    /// <code>
    ///  0             8          16      20
    /// +-------------+----------+-------+--------------+-----------+-----
    /// | incarnation | sequence | count | u32 length … | command 1 | …
    /// +-------------+----------+-------+--------------+-----------+-----
    /// </code>
    /// Each command begins with its <see cref="CommandHeader"/>, whose origin is the sender.
    /// </summary>
    private static ForwardProposals? ReadForwardProposals(ref FrameReader reader, in FrameHeader header)
    {
        ulong incarnation = reader.UInt64();
        ulong sequence = reader.UInt64();
        int count = reader.Count(sizeof(uint) + CommandHeader.Length);
        FrameReader lengths = new(reader.Bytes(count * sizeof(uint)));
        if (reader.Failed || sequence == 0)
        {
            return null;
        }

        ReadOnlyMemory<byte> region = CopyCommands(ref reader);
        var commands = new ReadOnlyMemory<byte>[count];
        int offset = 0;
        for (int i = 0; i < count; i++)
        {
            uint length = lengths.UInt32();
            if (length < CommandHeader.Length || length > region.Length - offset)
            {
                return null;
            }

            commands[i] = region.Slice(offset, (int)length);
            if (CommandHeader.Read(commands[i].Span).Origin != header.From)
            {
                return null;
            }

            offset += (int)length;
        }

        if (offset != region.Length)
        {
            return null;
        }

        return new ForwardProposals
        {
            From = header.From,
            To = header.To,
            Term = header.Term,
            Incarnation = incarnation,
            Sequence = sequence,
            Commands = commands,
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

    /// <summary>The rest of the frame as memory that may stay: the frame itself lies in the connection's buffer.</summary>
    private static Memory<byte> CopyCommands(ref FrameReader reader)
    {
        ReadOnlySpan<byte> commands = reader.Bytes(reader.BytesLeft);
        Memory<byte> copy = CommandMemory.Allocate(commands.Length);
        commands.CopyTo(copy.Span);
        return copy;
    }
}
