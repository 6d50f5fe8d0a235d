using Quorate.Io;
using Quorate.Raft;
using Quorate.Raft.Messages;
using Quorate.Replica.Parts;
using Quorate.Replica.Wire;

namespace Quorate.Replica.Tests.Wire;

public sealed class FrameCodecTests
{
    private const ulong Cluster = 77;
    private const int FrameBytesMax = 1 << 20;

    private static readonly PeerFolders s_folders = new(own: 5, new Dictionary<ulong, ulong> { [RandomMessages.To.Value] = 6 }, (_, _, _) => { });
    private static readonly FrameEncoder s_encoder = new(Cluster, s_folders);
    private static readonly FrameDecoder s_decoder = new(RandomMessages.To, Cluster, FrameBytesMax);

    [Fact]
    public void Every_message_comes_back_as_it_was_sent()
    {
        RandomMessages messages = new(1);
        for (int i = 0; i < 2000; i++)
        {
            Message message = messages.Next(i % RandomMessages.Kinds);
            Decode(Encode(message), out Message? back).ShouldBe(FrameRefusal.None);
            Describe(back!).ShouldBe(Describe(message));
        }
    }

    [Fact]
    public void What_a_message_keeps_is_a_copy_and_the_commands_of_a_frame_lie_side_by_side()
    {
        var message = new AppendEntries
        {
            From = RandomMessages.From,
            To = RandomMessages.To,
            Term = 5,
            Previous = new LogPosition(4, 10),
            CommitIndex = 10,
            Entries = new Entry[] { new(4, 11, EntryKind.Command, new byte[] { 1, 2 }), new(5, 12, EntryKind.Command, new byte[] { 3, 4, 5 }) },
        };
        byte[] frame = Encode(message);
        Decode(frame, out Message? back);
        Array.Clear(frame);

        Entry[] entries = ((AppendEntries)back!).Entries.ToArray();
        entries.ShouldBe(message.Entries.ToArray());
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(entries[0].Command, out ArraySegment<byte> first);
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(entries[1].Command, out ArraySegment<byte> second);
        second.Array.ShouldBeSameAs(first.Array);
        second.Offset.ShouldBe(first.Offset + first.Count);
    }

    [Fact]
    public void Every_frame_that_is_cut_short_is_refused()
    {
        RandomMessages messages = new(2);
        for (int kind = 0; kind < RandomMessages.Kinds; kind++)
        {
            byte[] frame = Encode(messages.Next(kind));
            for (int length = 0; length < frame.Length; length++)
            {
                Decode(frame[..length], out Message? message).ShouldNotBe(FrameRefusal.None);
                message.ShouldBeNull();
            }

            Decode([.. frame, 0], out _).ShouldNotBe(FrameRefusal.None);
        }
    }

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        RandomMessages messages = new(3);
        for (int kind = 0; kind < RandomMessages.Kinds; kind++)
        {
            byte[] frame = Encode(messages.Next(kind));
            for (int bit = 0; bit < frame.Length * 8; bit++)
            {
                frame[bit / 8] ^= (byte)(1 << (bit % 8));
                Decode(frame, out _).ShouldBeOneOf(FrameRefusal.Damaged, FrameRefusal.NotAFrame);
                frame[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Garbage_is_refused_and_never_throws()
    {
        RandomMessages random = new(4);
        for (int i = 0; i < 20_000; i++)
        {
            Decode(random.Bytes(300), out _).ShouldNotBe(FrameRefusal.None);
        }
    }

    [Fact]
    public void Garbage_under_a_good_checksum_never_throws()
    {
        RandomMessages random = new(5);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] frame = Encode(random.Next(i % RandomMessages.Kinds));
            byte[] noise = random.Bytes(8);
            for (int at = 0; at < noise.Length && frame.Length > FrameHeader.Length; at++)
            {
                int place = FrameHeader.Length + (((noise[at] * 31) + (i * 7)) % (frame.Length - FrameHeader.Length));
                frame[place] = noise[^(at + 1)];
            }

            FrameHeader.Seal(frame);
            FrameRefusal refusal = Decode(frame, out Message? message);
            (message is null).ShouldBe(refusal != FrameRefusal.None);

            byte[] cut = frame[..(FrameHeader.Length + ((frame.Length - FrameHeader.Length) / 2))];
            FrameHeader.Seal(cut);
            Decode(cut, out _);
        }
    }

    [Fact]
    public void Frames_of_others_are_named_for_what_they_are()
    {
        Message message = new TimeoutNow { From = RandomMessages.From, To = RandomMessages.To, Term = 1 };
        using FrameBuffer other = new FrameEncoder(Cluster + 1, s_folders).Encode(message);
        s_decoder.TryDecode(RandomMessages.From.Value, other.WrittenSpan, out _, out _).ShouldBe(FrameRefusal.OtherCluster);
        Decode(Encode(message with { To = new MemberId(9) }), out _).ShouldBe(FrameRefusal.OtherMember);
        Decode(Encode(message with { From = new MemberId(9) }), out _).ShouldBe(FrameRefusal.OtherSender);
        Decode(Changed(2, 9), out _).ShouldBe(FrameRefusal.UnknownVersion);
        Decode(Changed(3, 99), out _).ShouldBe(FrameRefusal.UnknownKind);
        Decode(Changed(8, 1), out _).ShouldBe(FrameRefusal.OtherGroup);
        Decode(new byte[FrameBytesMax + 1], out _).ShouldBe(FrameRefusal.TooLarge);
        Decode("GET / HTTP/1.1\r\nHost: member-of-a-cluster.example.org\r\nAccept: */*\r\n\r\n"u8.ToArray(), out _).ShouldBe(FrameRefusal.NotAFrame);

        byte[] Changed(int at, byte value)
        {
            byte[] frame = Encode(message);
            frame[at] = value;
            FrameHeader.Seal(frame);
            return frame;
        }
    }

    private static byte[] Encode(Message message)
    {
        using FrameBuffer frame = s_encoder.Encode(message);
        return frame.WrittenSpan.ToArray();
    }

    private static FrameRefusal Decode(byte[] frame, out Message? message) =>
        s_decoder.TryDecode(RandomMessages.From.Value, frame, out _, out message);

    /// <summary>All of a message in words: records compare memory and arrays by reference.</summary>
    private static string Describe(Message message)
    {
        string rest = message switch
        {
            AppendEntries append =>
                $"{append.Previous} {append.CommitIndex} {append.ReadRound} {append.WantsAnswer} {string.Join(",", append.Entries.ToArray().Select(entry => entry + Convert.ToHexString(entry.Command.Span)))}",
            InstallSnapshot install =>
                $"{Describe(install.Snapshot)} {install.Offset} {install.ChunkLength} {Convert.ToHexString(install.Data.Span)}",
            ForwardProposals forward =>
                $"{forward.Incarnation} {forward.Sequence} {string.Join(",", forward.Commands.Select(command => Convert.ToHexString(command.Span)))}",
            ForwardRefused refused => string.Join(",", refused.Refusals),
            _ => message.ToString(),
        };
        return $"{message.GetType().Name} {message.From} {message.To} {message.Term} {rest}";
    }

    private static string Describe(SnapshotMetadata snapshot) =>
        $"{snapshot.LastIncluded} {snapshot.Length} {snapshot.Checksum} {Convert.ToHexString(ConfigurationCodec.Encode(snapshot.Configuration))}";
}
