using System.Buffers.Binary;
using Quorate.Io;
using Quorate.Paxos;
using Quorate.Paxos.Messages;
using Quorate.Raft;

namespace Quorate.Simulation.Processes;

/// <summary>
/// A message of Paxos on the network. All numbers are little-endian.
/// <code>
///  0          2         3        4         8        16     24         32
/// +----------+---------+--------+---------+--------+------+----------+--------
/// | 'Q' 'p'  | version | kind   | CRC-32C | from   | to   | instance | body …
/// +----------+---------+--------+---------+--------+------+----------+--------
///
///  Prepare, Accepted   ballot (round, member)
///  Promise             ballot, 0  or  ballot, 1, ballot accepted, value (id, length, bytes)
///  Accept              ballot, value
///  Rejected            ballot, ballot promised
///  Chosen              value
///  Learn               nothing
/// </code>
/// The checksum covers everything but itself.
/// </summary>
internal static class PaxosFrame
{
    private const byte Version = 1;
    private const int HeaderLength = 32;
    private const int ChecksumOffset = 4;
    private const int CoveredAfterChecksum = 8;

    private const byte PrepareKind = 1;
    private const byte PromiseKind = 2;
    private const byte AcceptKind = 3;
    private const byte AcceptedKind = 4;
    private const byte RejectedKind = 5;
    private const byte ChosenKind = 6;
    private const byte LearnKind = 7;

    public static FrameBuffer Encode(PaxosMessage message)
    {
        var frame = new FrameBuffer();
        frame.Byte((byte)'Q');
        frame.Byte((byte)'p');
        frame.Byte(Version);
        frame.Byte(KindOf(message));
        frame.Advance(Zeroed(frame, sizeof(uint)));
        frame.Member(message.From);
        frame.Member(message.To);
        frame.Int64(message.Instance);
        switch (message)
        {
            case Prepare prepare:
                frame.Ballot(prepare.Ballot);
                break;
            case Promise promise:
                frame.Ballot(promise.Ballot);
                frame.Byte(promise.Accepted is null ? (byte)0 : (byte)1);
                if (promise.Accepted is { } proposal)
                {
                    frame.Ballot(proposal.Ballot);
                    frame.Value(proposal.Value);
                }

                break;
            case Accept accept:
                frame.Ballot(accept.Ballot);
                frame.Value(accept.Value);
                break;
            case Accepted accepted:
                frame.Ballot(accepted.Ballot);
                break;
            case Rejected rejected:
                frame.Ballot(rejected.Ballot);
                frame.Ballot(rejected.Promised);
                break;
            case Chosen chosen:
                frame.Value(chosen.Value);
                break;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(frame.WrittenSpan[ChecksumOffset..], Checksum(frame.WrittenSpan));
        return frame;
    }

    /// <summary>The message; null for what is no whole frame of this version.</summary>
    public static PaxosMessage? Decode(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < HeaderLength || frame[0] != 'Q' || frame[1] != 'p' || frame[2] != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumOffset..]) != Checksum(frame))
        {
            return null;
        }

        var reader = new FieldReader(frame[CoveredAfterChecksum..]);
        MemberId from = reader.Member();
        MemberId to = reader.Member();
        long instance = reader.Int64();
        PaxosMessage? message = frame[3] switch
        {
            PrepareKind => new Prepare { From = from, To = to, Instance = instance, Ballot = reader.Ballot() },
            PromiseKind => new Promise { From = from, To = to, Instance = instance, Ballot = reader.Ballot(), Accepted = ProposalOrNone(ref reader) },
            AcceptKind => new Accept { From = from, To = to, Instance = instance, Ballot = reader.Ballot(), Value = reader.Value() },
            AcceptedKind => new Accepted { From = from, To = to, Instance = instance, Ballot = reader.Ballot() },
            RejectedKind => new Rejected { From = from, To = to, Instance = instance, Ballot = reader.Ballot(), Promised = reader.Ballot() },
            ChosenKind => new Chosen { From = from, To = to, Instance = instance, Value = reader.Value() },
            LearnKind => new Learn { From = from, To = to, Instance = instance },
            _ => null,
        };
        return reader.Failed || !reader.IsAtEnd ? null : message;
    }

    private static AcceptedProposal? ProposalOrNone(ref FieldReader reader) =>
        reader.Byte() == 0 ? null : new AcceptedProposal(reader.Ballot(), reader.Value());

    private static byte KindOf(PaxosMessage message) => message switch
    {
        Prepare => PrepareKind,
        Promise => PromiseKind,
        Accept => AcceptKind,
        Accepted => AcceptedKind,
        Rejected => RejectedKind,
        Chosen => ChosenKind,
        Learn => LearnKind,
        _ => throw new ArgumentException($"{message.GetType().Name} has no encoding", nameof(message)),
    };

    private static int Zeroed(FrameBuffer frame, int count)
    {
        frame.GetSpan(count)[..count].Clear();
        return count;
    }

    private static uint Checksum(ReadOnlySpan<byte> frame) =>
        Crc32C.Append(Crc32C.Compute(frame[..ChecksumOffset]), frame[CoveredAfterChecksum..]);
}
