using Quorate.Raft;
using Quorate.Raft.Messages;
using Quorate.Replica.Wire;

namespace Quorate.Replica.Tests.Wire;

/// <summary>Messages of every kind with random content that makes sense.</summary>
internal sealed class RandomMessages(ulong seed)
{
    public const int Kinds = 14;

    private readonly SeededRandom _random = new(seed);

    public static MemberId From { get; } = new(2);

    public static MemberId To { get; } = new(1);

    public Message Next(int kind)
    {
        long term = Number();
        switch (kind)
        {
            case 0:
                return new RequestPreVote { From = From, To = To, Term = term, LastLog = Position() };
            case 1:
                return new RequestPreVoteReply { From = From, To = To, Term = term, VoteGranted = Flag() };
            case 2:
                return new RequestVote { From = From, To = To, Term = term, LastLog = Position(), LeadershipTransfer = Flag() };
            case 3:
                return new RequestVoteReply { From = From, To = To, Term = term, VoteGranted = Flag() };
            case 4:
                return Append(term);
            case 5:
                return new AppendEntriesReply
                {
                    From = From,
                    To = To,
                    Term = term,
                    Success = Flag(),
                    Previous = Position(),
                    MatchIndex = Number(),
                    Conflict = Position(),
                    ReadRound = Number(),
                };
            case 6:
                byte[] data = Bytes(200);
                return new InstallSnapshot
                {
                    From = From,
                    To = To,
                    Term = term,
                    Snapshot = new SnapshotMetadata(Position(), Configuration(), 1000 + Number(), (uint)_random.NextUInt64()),
                    Offset = _random.Next(800),
                    ChunkLength = data.Length,
                    Data = data,
                };
            case 7:
                return new InstallSnapshotReply { From = From, To = To, Term = term, LastIncluded = Position(), NextOffset = Number(), Installed = Flag() };
            case 13:
                return new Introduction { From = From, To = To, Term = term, WantsAnswer = Flag() };
            case 8:
                return new TimeoutNow { From = From, To = To, Term = term };
            case 9:
                return new ReadIndexRequest { From = From, To = To, Term = term, RequestId = Number() };
            case 10:
                return new ReadIndexReply { From = From, To = To, Term = term, RequestId = Number(), Status = (ReadStatus)_random.Next(3), Index = Number() };
            case 11:
                return new ForwardProposals
                {
                    From = From,
                    To = To,
                    Term = term,
                    Incarnation = _random.NextUInt64(),
                    Sequence = 1 + (_random.NextUInt64() >> 8),
                    Commands = [.. Enumerable.Range(0, _random.Next(5)).Select(_ => Command())],
                };
            default:
                return new ForwardRefused
                {
                    From = From,
                    To = To,
                    Term = term,
                    Refusals = [.. Enumerable.Range(0, _random.Next(5)).Select(_ => new ForwardRefusal(_random.NextUInt64(), ProposalStatus.Overloaded))],
                };
        }
    }

    public byte[] Bytes(int max)
    {
        byte[] bytes = new byte[_random.Next(max + 1)];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)_random.Next(256);
        }

        return bytes;
    }

    private AppendEntries Append(long term)
    {
        term += 10;
        LogPosition previous = new(term - 10, Number());
        Entry[] entries = new Entry[_random.Next(6)];
        long entryTerm = previous.Term;
        for (int i = 0; i < entries.Length; i++)
        {
            entryTerm = Math.Min(term, entryTerm + _random.Next(3));
            EntryKind kind = (EntryKind)_random.Next(3);
            entries[i] = new Entry(
                entryTerm,
                previous.Index + 1 + i,
                kind,
                kind == EntryKind.Configuration ? ConfigurationCodec.Encode(Configuration()) : Bytes(100));
        }

        return new AppendEntries
        {
            From = From,
            To = To,
            Term = term,
            Previous = previous,
            CommitIndex = Number(),
            ReadRound = Number(),
            WantsAnswer = Flag(),
            Entries = entries,
        };
    }

    private ReadOnlyMemory<byte> Command()
    {
        byte[] command = new byte[CommandHeader.Length + _random.Next(100)];
        new CommandHeader(From, _random.NextUInt64()).Write(command);
        return command;
    }

    private Configuration Configuration() => new(
        [new MemberId(1), new MemberId((ulong)_random.Next(2, 100))], [new MemberId((ulong)_random.Next(100, 200))], Flag() ? [new MemberId(7)] : []);

    private LogPosition Position() => new(Number(), Number());

    private long Number() => (long)(_random.NextUInt64() >> _random.Next(2, 63));

    private bool Flag() => _random.Next(2) == 0;
}
