using System.Globalization;
using Quorate.EndToEnd.Tests.Harness;
using Quorate.Raft;

namespace Quorate.Runtime.Tests.Peers;

public sealed class TcpPeerNetworkTests
{
    [Fact]
    public async Task Frames_arrive_whole_in_order_and_with_their_sender()
    {
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        await a.DialAsync(2, b.Port);
        // Sizes around the length of the buffer in which small frames are gathered, and far beyond it.
        List<string> sent = [.. Enumerable.Range(0, 2000).Select(i => Text(i, 1 + (i * 37 % 500)))];
        sent.AddRange(new[] { 65_530, 65_531, 65_532, 65_533, 65_536, 3_000_000, 8 << 20 }.Select((length, i) => Text(i, length)));
        sent.AddRange(Enumerable.Range(0, 100).Select(i => Text(i, 10)));
        foreach (string text in sent)
        {
            a.Send(2, text);
        }

        await Patience.UntilAsync(() => b.Received.Count == sent.Count, "all frames have arrived");
        b.Received.Texts.SequenceEqual(sent).ShouldBeTrue("what arrived is not what was sent");
        b.Received.Senders.ShouldBe([1UL]);
        await Patience.UntilAsync(() => a.Network.Traffic[0].FramesSent == sent.Count, "all frames are counted");
        a.Network.Traffic[0].BytesSent.ShouldBe(sent.Sum(text => text.Length + 4L));
        a.Network.Traffic[0].FramesDropped.ShouldBe(0);
    }

    [Fact]
    public async Task Both_directions_have_a_connection_of_their_own()
    {
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        await a.DialAsync(2, b.Port);
        await b.DialAsync(1, a.Port);
        a.Send(2, "ping");
        b.Send(1, "pong");
        await Patience.UntilAsync(() => a.Received.Count + b.Received.Count == 2, "both have arrived");
        a.Received.Texts.ShouldBe(["pong"]);
        b.Received.Texts.ShouldBe(["ping"]);
        a.Network.Traffic[0].FramesReceived.ShouldBe(1);
    }

    [Fact]
    public async Task A_peer_that_restarts_is_dialled_again_and_gets_frames_again()
    {
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        int port = Ports.Take();
        PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2), port);
        await a.DialAsync(2, port);
        a.Send(2, "before");
        await Patience.UntilAsync(() => b.Received.Count == 1, "the frame has arrived");
        await b.DisposeAsync();
        await a.Logs.UntilAsync(1101);
        await using PeerEnd again = await PeerEnd.StartAsync(PeerEnd.Options(2), port);
        await Patience.UntilAsync(() => a.Network.Traffic[0].Connects == 2, "connected again");
        a.Send(2, "after");
        await Patience.UntilAsync(() => again.Received.Count == 1, "the frame has arrived");
        again.Received.Texts.ShouldBe(["after"]);
    }

    [Fact]
    public async Task The_end_of_a_peer_is_told_after_its_last_frame()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        await a.DialAsync(2, b.Port);
        const int Count = 500;
        for (int i = 0; i < Count; i++)
        {
            a.Send(2, Text(i, 5000));
        }

        await Patience.UntilAsync(() => a.Network.Traffic[0].FramesSent == Count, "all frames are sent");
        b.Received.Lost.ShouldBeEmpty();
        await a.DisposeAsync();
        await Patience.UntilAsync(() => b.Received.Lost.Count > 0, "the end is told");
        b.Received.Lost.ShouldBe([(1UL, Count)]);
    }

    [Fact]
    public async Task A_connection_that_a_newer_one_of_the_same_peer_replaces_is_not_told_as_lost()
    {
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        await using PeerEnd first = await PeerEnd.StartAsync(
            PeerEnd.Options(1) with { BackoffMin = TimeSpan.FromHours(1), BackoffMax = TimeSpan.FromHours(1) });
        await first.DialAsync(2, b.Port);
        await b.Logs.UntilAsync(1111);

        // The same member by another connection, while this side does not know yet what became of the first.
        PeerEnd second = await PeerEnd.StartAsync(PeerEnd.Options(1));
        await second.DialAsync(2, b.Port);
        await b.Logs.UntilAsync(1112);
        second.Send(2, "heard");
        await Patience.UntilAsync(() => b.Received.Count == 1, "the frame has arrived");
        b.Received.Lost.ShouldBeEmpty();

        await second.DisposeAsync();
        await Patience.UntilAsync(() => b.Received.Lost.Count > 0, "the end of the second is told");
        b.Received.Lost.ShouldBe([(1UL, 1)]);
    }

    [Fact]
    public async Task Whoever_stops_itself_is_told_of_no_lost_connection()
    {
        PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        await a.DialAsync(2, b.Port);
        await b.Logs.UntilAsync(1111);
        await b.DisposeAsync();
        b.Received.Lost.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_absent_peer_is_logged_once_however_often_it_is_dialled_and_costs_no_memory()
    {
        int port = Ports.Take();
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        a.Dial(2, port);
        a.Send(2, "lost");
        await Patience.UntilAsync(() => a.Network.Traffic[0] is { ConnectFailures: >= 5, FramesDropped: 1 }, "it was dialled five times");
        a.Logs.Of(1102).Count.ShouldBe(1);
        a.Logs.Of(1102)[0].ShouldContain($"2 at 127.0.0.1:{port}");
    }

    [Fact]
    public async Task A_full_queue_gives_up_the_newest_frames_and_keeps_the_oldest_in_order()
    {
        PeerNetworkOptions options = PeerEnd.Options(1) with { SendQueueFramesMax = 10, FrameBytesMax = 1 << 20, SendQueueBytesMax = 4 << 20 };
        await using PeerEnd a = await PeerEnd.StartAsync(options);
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        await a.DialAsync(2, b.Port);
        b.Received.Fill();
        const int Count = 100;
        for (int i = 0; i < Count; i++)
        {
            a.Send(2, Text(i, 1 << 20));
        }

        a.Network.Traffic[0].FramesDropped.ShouldBeGreaterThan(0);
        b.Received.Drain();
        await Patience.UntilAsync(() => b.Received.Count + a.Network.Traffic[0].FramesDropped == Count, "every frame has arrived or was given up");
        IReadOnlyList<int> arrived = [.. b.Received.Texts.Select(text => int.Parse(text.AsSpan(0, 8), CultureInfo.InvariantCulture))];
        arrived.ShouldBe(arrived.Order());
        arrived[0].ShouldBe(0);
    }

    [Fact]
    public void The_send_queue_is_bounded_in_frames_and_in_bytes()
    {
        var queue = new PeerSendQueue(framesMax: 3, bytesMax: 10);
        queue.TryAdd(PeerEnd.Frame("aaaa")).ShouldBeTrue();
        queue.TryAdd(PeerEnd.Frame("bbbb")).ShouldBeTrue();
        queue.TryAdd(PeerEnd.Frame("ccc")).ShouldBeFalse();
        queue.TryAdd(PeerEnd.Frame("cc")).ShouldBeTrue();
        queue.TryAdd(PeerEnd.Frame("")).ShouldBeFalse();
        queue.TryTake(out Io.FrameBuffer? first).ShouldBeTrue();
        first.Length.ShouldBe(4);
        queue.TryAdd(PeerEnd.Frame("dddd")).ShouldBeTrue();
        queue.Clear().ShouldBe(3);
        queue.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_full_inbox_holds_back_the_sender_and_loses_nothing()
    {
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        await a.DialAsync(2, b.Port);
        b.Received.Fill();
        List<string> sent = [.. Enumerable.Range(0, 60).Select(i => Text(i, 1 << 20))];
        sent.ForEach(text => a.Send(2, text));
        a.Network.Traffic[0].FramesDropped.ShouldBe(0);
        b.Received.Count.ShouldBe(0);
        b.Received.Drain();
        await Patience.UntilAsync(() => b.Received.Count == sent.Count, "all frames have arrived");
        b.Received.Texts.SequenceEqual(sent).ShouldBeTrue("what arrived is not what was sent");
    }

    [Fact]
    public async Task A_frame_larger_than_the_limit_is_not_sent_and_said_so()
    {
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1) with { FrameBytesMax = 100 });
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        await a.DialAsync(2, b.Port);
        a.Send(2, Text(0, 101));
        a.Send(2, Text(1, 100));
        await Patience.UntilAsync(() => b.Received.Count == 1, "the smaller frame has arrived");
        b.Received.Texts[0].ShouldStartWith("00000001");
        a.Logs.Of(1104).ShouldHaveSingleItem().ShouldContain("101 bytes");
    }

    [Fact]
    public async Task A_connection_without_a_sign_of_life_is_dropped_and_dialled_again()
    {
        await using PeerEnd a = await PeerEnd.StartAsync(
            PeerEnd.Options(1) with { PingInterval = TimeSpan.FromMilliseconds(10), SilenceTimeout = TimeSpan.FromMilliseconds(200) });
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        await a.DialAsync(2, b.Port);
        b.Received.Fill(); // and so it reads on no further, pings neither
        a.Send(2, "held up");
        await Patience.UntilAsync(() => a.Network.Traffic[0].Connects >= 2, "dialled again");
        a.Logs.Of(1101)[0].ShouldContain("no sign of life");
        b.Received.Drain();
    }

    [Fact]
    public async Task The_round_trip_to_a_peer_is_measured()
    {
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        await using PeerEnd b = await PeerEnd.StartAsync(PeerEnd.Options(2));
        await a.DialAsync(2, b.Port);
        await Patience.UntilAsync(() => a.Network.Traffic[0].RoundTrip > TimeSpan.Zero, "a ping was answered");
    }

    [Fact]
    public async Task A_peer_that_moves_is_dialled_at_its_new_address()
    {
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        await using PeerEnd oldPlace = await PeerEnd.StartAsync(PeerEnd.Options(2));
        await using PeerEnd newPlace = await PeerEnd.StartAsync(PeerEnd.Options(2));
        await a.DialAsync(2, oldPlace.Port);
        await oldPlace.Logs.UntilAsync(1111);
        a.Dial(2, newPlace.Port);
        await newPlace.Logs.UntilAsync(1111);
        await Patience.UntilAsync(() => a.Network.Traffic[0].IsConnected, "connected");
        a.Send(2, "moved");
        await Patience.UntilAsync(() => newPlace.Received.Count == 1, "the frame has arrived");
    }

    [Fact]
    public async Task Listening_on_an_address_in_use_is_refused_with_the_address()
    {
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        IOException error = await Should.ThrowAsync<IOException>(() => PeerEnd.StartAsync(PeerEnd.Options(2), a.Port));
        error.Message.ShouldContain($"127.0.0.1:{a.Port}");
        error.Message.ShouldContain("another program");
    }

    private static string Text(int number, int length)
    {
        string head = number.ToString("d8", CultureInfo.InvariantCulture);
        return length < head.Length ? head[..length] : head + new string((char)('a' + (number % 26)), length - head.Length);
    }

    /// <summary>So it is with an IPv6 address where IPv6 is switched off; who repairs that must not have to restart the member as well.</summary>
    [Fact]
    public async Task A_peer_whose_address_cannot_even_be_tried_is_tried_again()
    {
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        a.Network.SetPeers([new PeerAddress(new MemberId(2), "127.0.0.1", 70_000)]);

        await Patience.UntilAsync(() => a.Network.Traffic[0].ConnectFailures >= 3, "it was dialled three times");

        a.Logs.Of(1102).ShouldHaveSingleItem();
    }
}
