using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Quorate.Runtime.Tests.Peers;

/// <summary>Who is let in, and that everybody else is told why, once.</summary>
public sealed class PeerHandshakeTests
{
    [Fact]
    public async Task A_peer_of_another_cluster_is_refused_on_both_sides_with_one_line_each()
    {
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1, cluster: 0xA));
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2, cluster: 0xB));
        a.Dial(2, b.Port);
        await Patience.UntilAsync(() => a.Network.Traffic[0].ConnectFailures >= 3, "it was dialled three times");
        b.Logs.Of(1113).ShouldHaveSingleItem().ShouldContain("member 1 belongs to cluster a, this member to cluster b");
        a.Logs.Of(1103).ShouldHaveSingleItem().ShouldContain("it belongs to cluster b, this member to cluster a");
        a.Logs.Of(1100).ShouldBeEmpty();
    }

    [Fact]
    public async Task Both_sides_are_told_which_settings_may_differ_between_members_of_two_clusters()
    {
        // They know each other's ids, which come from addresses and token: so what differs is who else is a member.
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1, cluster: 0xA) with { MembersSetting = "--list" });
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2, cluster: 0xB));
        a.Dial(2, b.Port);
        await a.Logs.UntilAsync(1103);
        await b.Logs.UntilAsync(1113);
        a.Logs.Of(1103)[0].ShouldContain(": its list of members with their addresses (--list) differs from this member's. All members need the same");
        b.Logs.Of(1113)[0].ShouldContain(": its list of members with their addresses (Members) differs from this member's. All members need the same");

        // They do not: it may be the token as well.
        await using PeerEnd c = await PeerEnd.StartAsync(PeerEnd.Options(3, cluster: 0xC));
        c.Dial(4, b.Port);
        await c.Logs.UntilAsync(1103);
        await Patience.UntilAsync(() => b.Logs.Of(1113).Count == 2, "it is refused");
        c.Logs.Of(1103)[0].ShouldContain(": its token (ClusterToken) or its list of members with their addresses (Members) differs from this member's");
        b.Logs.Of(1113)[1].ShouldContain(": its token (ClusterToken) or its list of members with their addresses (Members) differs from this member's");

        // One that is listed looks for a member of another address than this one has.
        b.Dial(5, 1);
        await using PeerEnd d = await PeerEnd.StartAsync(PeerEnd.Options(5, cluster: 0xD));
        d.Dial(4, b.Port);
        await Patience.UntilAsync(() => b.Logs.Of(1113).Count == 3, "it is refused");
        b.Logs.Of(1113)[2].ShouldContain(": its list of members with their addresses (Members) differs from this member's");
    }

    [Fact]
    public async Task A_peer_that_looks_for_another_member_is_refused()
    {
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        a.Dial(3, b.Port);
        await a.Logs.UntilAsync(1103);
        a.Logs.Of(1103)[0].ShouldContain("it is member 2, not 3");
        await b.Logs.UntilAsync(1113);
        b.Logs.Of(1113)[0].ShouldContain("member 1 looks for member 3, but this is member 2");
    }

    [Fact]
    public async Task A_peer_with_the_id_of_the_listener_is_refused()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        using Socket socket = await ConnectAsync(b);
        await socket.SendAsync(Hello(from: 2));
        (await AnswerAsync(socket)).Answer.ShouldBe(PeerAnswer.SameMember);
        await ExpectEndAsync(socket);
        await b.Logs.UntilAsync(1113);
    }

    [Fact]
    public async Task A_newer_version_is_refused_with_the_version_spoken_here_however_long_its_greeting()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        using Socket socket = await ConnectAsync(b);
        byte[] hello = Hello(from: 1);
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(8), 7);
        await socket.SendAsync(hello.AsMemory(0, PeerHello.PrefixLength));
        PeerHelloReply reply = await AnswerAsync(socket);
        reply.Answer.ShouldBe(PeerAnswer.UnsupportedVersion);
        reply.Version.ShouldBe(PeerHello.ProtocolVersion);
        await ExpectEndAsync(socket);
        await b.Logs.UntilAsync(1113);
        b.Logs.Of(1113)[0].ShouldContain("it speaks version 7 of the peer protocol, this member version 1");
    }

    [Fact]
    public async Task A_greeting_with_any_bit_flipped_is_refused()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        for (int bit = 0; bit < PeerHello.Length * 8; bit++)
        {
            using Socket socket = await ConnectAsync(b);
            byte[] hello = Hello(from: 1);
            hello[bit / 8] ^= (byte)(1 << (bit % 8));
            await socket.SendAsync(hello);
            await ExpectNoWelcomeAsync(socket);
        }

        b.Logs.Of(1111).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_http_request_is_refused_without_an_answer_and_logged_once()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        for (int i = 0; i < 5; i++)
        {
            using Socket socket = await ConnectAsync(b);
            await socket.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
            await ExpectEndAsync(socket);
        }

        await b.Logs.UntilAsync(1113);
        b.Logs.Of(1113).ShouldHaveSingleItem().ShouldContain("does not speak the peer protocol; it began with 'GET / HTTP/1.1\\x0d\\x0a'");
    }

    /// <summary>As a scanner does whose greeting holds a random number, and one that makes up who it is.</summary>
    [Fact]
    public async Task Whoever_says_something_else_each_time_is_logged_once_all_the_same()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        for (byte i = 0; i < 5; i++)
        {
            using Socket socket = await ConnectAsync(b);
            await socket.SendAsync(new byte[] { 0x16, 0x03, 0x01, i, i });
            await ExpectEndAsync(socket);
        }

        for (byte i = 0; i < 5; i++)
        {
            using Socket socket = await ConnectAsync(b);
            byte[] hello = new byte[PeerHello.Length];
            new PeerHello(PeerEnd.Cluster + i, From: 100u + i, To: 200u + i).Write(hello);
            await socket.SendAsync(hello);
            (await AnswerAsync(socket)).Answer.ShouldBe(i == 0 ? PeerAnswer.OtherMember : PeerAnswer.OtherCluster);
            await ExpectEndAsync(socket);
        }

        // Each line is written before its connection ends.
        b.Logs.Of(1113).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_foreign_protocol_is_known_by_its_first_byte()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        using Socket socket = await ConnectAsync(b);
        await socket.SendAsync(new byte[] { 0x16 }); // TLS
        await ExpectEndAsync(socket);
    }

    [Fact]
    public async Task Who_says_nothing_is_let_go_after_the_greeting_timeout()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2) with { HelloTimeout = TimeSpan.FromMilliseconds(50) });
        using Socket socket = await ConnectAsync(b);
        await socket.SendAsync("QUOR"u8.ToArray());
        await ExpectEndAsync(socket);
        await b.Logs.UntilAsync(1113);
        b.Logs.Of(1113)[0].ShouldContain("did not say who it is within");
    }

    [Fact]
    public async Task Dialling_what_is_not_a_peer_is_said_so()
    {
        using var foreign = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        foreign.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        foreign.Listen();
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        a.Dial(2, ((IPEndPoint)foreign.LocalEndPoint!).Port);
        using Socket accepted = await Patience.ForAsync(foreign.AcceptAsync());
        await accepted.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
        await a.Logs.UntilAsync(1103);
        a.Logs.Of(1103)[0].ShouldContain("what listens there is not a Quorate peer");
    }

    [Fact]
    public async Task A_frame_that_announces_too_many_bytes_ends_the_connection_with_one_line()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2) with { FrameBytesMax = 1000 });
        using Socket socket = await ConnectAsync(b);
        await socket.SendAsync(Hello(from: 1));
        (await AnswerAsync(socket)).Answer.ShouldBe(PeerAnswer.Welcome);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, 1001);
        await socket.SendAsync(length);
        await ExpectEndAsync(socket);
        await b.Logs.UntilAsync(1114);
        b.Logs.Of(1114).ShouldHaveSingleItem().ShouldContain("announced a frame of 1001 bytes, and the most is 1000");
    }

    [Fact]
    public async Task A_connection_that_breaks_within_a_frame_delivers_only_whole_frames()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        using (Socket socket = await ConnectAsync(b))
        {
            await socket.SendAsync(Hello(from: 1));
            (await AnswerAsync(socket)).Answer.ShouldBe(PeerAnswer.Welcome);
            await socket.SendAsync("\u0003\0\0\0abc\u0005\0\0\0de"u8.ToArray());
            await Patience.UntilAsync(() => b.Received.Count == 1, "the whole frame has arrived");
        }

        await b.Logs.UntilAsync(1112);
        b.Received.Texts.ShouldBe(["abc"]);
    }

    [Fact]
    public async Task A_peer_that_connects_again_replaces_its_older_connection()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        using Socket older = await ConnectAsync(b);
        await older.SendAsync(Hello(from: 1));
        (await AnswerAsync(older)).Answer.ShouldBe(PeerAnswer.Welcome);
        await b.Logs.UntilAsync(1111);
        using Socket newer = await ConnectAsync(b);
        await newer.SendAsync(Hello(from: 1));
        (await AnswerAsync(newer)).Answer.ShouldBe(PeerAnswer.Welcome);
        await ExpectEndAsync(older);
        await newer.SendAsync("\u0001\0\0\0x"u8.ToArray());
        await Patience.UntilAsync(() => b.Received.Count == 1, "the frame has arrived");
    }

    [Fact]
    public async Task More_connections_than_the_limit_are_refused()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2) with { ConnectionsMax = 1 });
        using Socket first = await ConnectAsync(b);
        await first.SendAsync(Hello(from: 1));
        (await AnswerAsync(first)).Answer.ShouldBe(PeerAnswer.Welcome);
        using Socket second = await ConnectAsync(b);
        await ExpectEndAsync(second);
        await b.Logs.UntilAsync(1113);
        b.Logs.Of(1113)[0].ShouldContain("there are 1 connections already");
    }

    private static byte[] Hello(ulong from)
    {
        byte[] hello = new byte[PeerHello.Length];
        new PeerHello(PeerEnd.Cluster, from, To: 2).Write(hello);
        return hello;
    }

    private static async Task<Socket> ConnectAsync(PeerEnd end)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Patience.ForAsync(socket.ConnectAsync(end.Listener.EndPoint));
        return socket;
    }

    private static async Task<PeerHelloReply> AnswerAsync(Socket socket)
    {
        byte[] answer = new byte[PeerHelloReply.Length];
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await Patience.ForAsync(stream.ReadExactlyAsync(answer).AsTask());
        PeerHelloReply.TryRead(answer, out PeerHelloReply reply).ShouldBeTrue();
        return reply;
    }

    private static async Task ExpectNoWelcomeAsync(Socket socket)
    {
        byte[] answer = new byte[PeerHelloReply.Length];
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        int count = await Patience.ForAsync(ReadToEndAsync(stream, answer));
        if (count == PeerHelloReply.Length)
        {
            PeerHelloReply.TryRead(answer, out PeerHelloReply reply).ShouldBeTrue();
            reply.Answer.ShouldNotBe(PeerAnswer.Welcome);
        }
    }

    private static async Task ExpectEndAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        (await Patience.ForAsync(ReadToEndAsync(stream, new byte[64]))).ShouldBe(0);
    }

    private static async Task<int> ReadToEndAsync(NetworkStream stream, byte[] buffer)
    {
        int total = 0;
        try
        {
            while (total < buffer.Length && await stream.ReadAsync(buffer.AsMemory(total)) is > 0 and var count)
            {
                total += count;
            }
        }
        catch (IOException)
        {
            // A reset ends the connection as well.
        }

        return total;
    }
}
