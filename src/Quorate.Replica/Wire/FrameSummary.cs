using Quorate.Raft;

namespace Quorate.Replica.Wire;

/// <summary>
/// What a frame says, as far as somebody who looks on wants to know: no commands, no bytes of a snapshot. Reading one
/// allocates nothing and never throws. A field that the kind of frame does not have is null.
/// </summary>
/// <remarks>
/// For traces and tools. A member takes in a frame through its decoder, which checks much more than this does.
/// </remarks>
public readonly record struct FrameSummary
{
    /// <summary>What it carries; <see cref="FrameKind.None"/> where it cannot be read.</summary>
    public FrameKind Kind { get; private init; }

    /// <summary>Who sent it.</summary>
    public MemberId From { get; private init; }

    /// <summary>Whom it is for.</summary>
    public MemberId To { get; private init; }

    /// <summary>The sender's term; of a pre-vote, the term that would be.</summary>
    public long Term { get; private init; }

    /// <summary>Requests for votes and pre-votes: the last entry of the sender's log.</summary>
    public LogPosition? LastLog { get; private init; }

    /// <summary>Requests for votes: whether the leader has asked the sender to take over.</summary>
    public bool? LeadershipTransfer { get; private init; }

    /// <summary>Answers to requests for votes and pre-votes: whether it is granted.</summary>
    public bool? Granted { get; private init; }

    /// <summary>AppendEntries and its answer: the entry before the first.</summary>
    public LogPosition? Previous { get; private init; }

    /// <summary>AppendEntries: how many there are. A heartbeat has none.</summary>
    public int? Entries { get; private init; }

    /// <summary>AppendEntries: the leader's commit index.</summary>
    public long? CommitIndex { get; private init; }

    /// <summary>AppendEntries and its answer: the round of leadership confirmation.</summary>
    public long? ReadRound { get; private init; }

    /// <summary>Answer to AppendEntries: whether the logs met.</summary>
    public bool? Success { get; private init; }

    /// <summary>Answer to AppendEntries, success: up to here the logs are equal and durable.</summary>
    public long? MatchIndex { get; private init; }

    /// <summary>Answer to AppendEntries, refusal: where the logs may meet.</summary>
    public LogPosition? Conflict { get; private init; }

    /// <summary>Snapshots: the last entry that it holds the effect of.</summary>
    public LogPosition? LastIncluded { get; private init; }

    /// <summary>InstallSnapshot: where the chunk begins. Its answer: where the next must begin.</summary>
    public long? Offset { get; private init; }

    /// <summary>InstallSnapshot: length of the whole snapshot.</summary>
    public long? SnapshotBytes { get; private init; }

    /// <summary>Answer to InstallSnapshot: whether it has replaced the state.</summary>
    public bool? Installed { get; private init; }

    /// <summary>Read index: number of the request.</summary>
    public long? RequestId { get; private init; }

    /// <summary>Answer to a request for a read index: how it ended.</summary>
    public ReadStatus? Status { get; private init; }

    /// <summary>Answer to a request for a read index: what the reads must wait for.</summary>
    public long? ReadIndex { get; private init; }

    /// <summary>Forwards: the sender's number of it.</summary>
    public ulong? Sequence { get; private init; }

    /// <summary>Forwards and refusals: of how many commands.</summary>
    public int? Commands { get; private init; }

    /// <summary>AppendEntries: whether it is to be answered. Introductions: whether the sender wants to know that it is on record.</summary>
    public bool? WantsAnswer { get; private init; }

    /// <summary>The kind that a frame claims, without a look at the rest: to pass over, cheaply, what is of no interest.</summary>
    public static FrameKind PeekKind(ReadOnlySpan<byte> frame) =>
        frame.Length < FrameHeader.Length ? FrameKind.None : (FrameKind)frame[FrameHeader.KindOffset];

    /// <summary>Reads what a frame says. False, with a summary of kind <see cref="FrameKind.None"/>, where it is no whole frame.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out FrameSummary summary)
    {
        summary = default;
        if (FrameHeader.TryRead(frame, out FrameHeader header) != FrameRefusal.None)
        {
            return false;
        }

        var reader = new FrameReader(frame[FrameHeader.Length..]);
        FrameSummary found = ReadBody(ref reader, header.Kind);
        if (reader.Failed || found.Kind == FrameKind.None)
        {
            return false;
        }

        summary = found with { From = header.From, To = header.To, Term = header.Term };
        return true;
    }

    /// <summary>Fields in the order of the layouts (<see cref="FrameDecoder"/>); what stands behind the last that is asked for stays unread.</summary>
    private static FrameSummary ReadBody(ref FrameReader reader, FrameKind kind) => kind switch
    {
        FrameKind.RequestPreVote => new() { Kind = kind, LastLog = reader.Position() },
        FrameKind.RequestVote => new() { Kind = kind, LastLog = reader.Position(), LeadershipTransfer = reader.Flag() },
        FrameKind.RequestPreVoteReply or FrameKind.RequestVoteReply => new() { Kind = kind, Granted = reader.Flag() },
        FrameKind.AppendEntries => new()
        {
            Kind = kind,
            Previous = reader.Position(),
            CommitIndex = reader.Int64(),
            ReadRound = reader.Int64(),
            WantsAnswer = reader.Flag(),
            Entries = reader.Count(AppendEntriesBody.EntryHeaderBytes),
        },
        FrameKind.AppendEntriesReply => new()
        {
            Kind = kind,
            Success = reader.Flag(),
            Previous = reader.Position(),
            MatchIndex = reader.Int64(),
            Conflict = reader.Position(),
            ReadRound = reader.Int64(),
        },
        FrameKind.InstallSnapshot => ReadInstallSnapshot(ref reader),
        FrameKind.InstallSnapshotReply => new()
        {
            Kind = kind,
            LastIncluded = reader.Position(),
            Offset = reader.Int64(),
            Installed = reader.Flag(),
        },
        FrameKind.ReadIndexRequest => new() { Kind = kind, RequestId = reader.Int64() },
        FrameKind.ReadIndexReply => new()
        {
            Kind = kind,
            RequestId = reader.Int64(),
            Status = (ReadStatus)reader.Byte(),
            ReadIndex = reader.Int64(),
        },
        FrameKind.ForwardProposals => ReadForwardProposals(ref reader),
        FrameKind.ForwardRefused => new() { Kind = kind, Commands = reader.Count(sizeof(ulong) + sizeof(byte)) },
        FrameKind.Introduction => new() { Kind = kind, WantsAnswer = reader.Flag() },
        FrameKind.TimeoutNow => new() { Kind = kind },
        _ => default,
    };

    private static FrameSummary ReadInstallSnapshot(ref FrameReader reader)
    {
        LogPosition lastIncluded = reader.Position();
        long length = reader.Int64();
        reader.UInt32();
        reader.Bytes(reader.Count(1));
        return new() { Kind = FrameKind.InstallSnapshot, LastIncluded = lastIncluded, SnapshotBytes = length, Offset = reader.Int64() };
    }

    private static FrameSummary ReadForwardProposals(ref FrameReader reader)
    {
        reader.UInt64();
        return new() { Kind = FrameKind.ForwardProposals, Sequence = reader.UInt64(), Commands = reader.Count(ForwardProposalsBody.CommandBytesMin) };
    }
}
