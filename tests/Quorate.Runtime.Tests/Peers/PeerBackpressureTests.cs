using System.Net;
using System.Net.Sockets;
using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Runtime.Tests.Peers;

/// <summary>A connection whose queue is never empty, since more comes than the network or the peer takes.</summary>
public sealed class PeerBackpressureTests
{
    [Fact]
    public async Task A_peer_is_pinged_and_answers_although_the_queue_is_never_empty()
    {
        var logs = new CapturedLogs();
        int measured = 0;
        await using var network = new TcpPeerNetwork(PeerEnd.Options(2), [], logs);
        network.Start(new SlowSink());
        await using PeerListener listener = await PeerListener.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), network, logs);
        await using PeerEnd sender = await PeerEnd.StartAsync(PeerEnd.Options(1) with
        {
            SendQueueBytesMax = 16 << 20,
            RoundTripMeasured = (_, _) => Interlocked.Increment(ref measured),
        });
        await sender.DialAsync(2, listener.EndPoint.Port);
        FillQueue(sender);
        int before = Volatile.Read(ref measured);

        await Patience.UntilAsync(
            () =>
            {
                FillQueue(sender);
                return Volatile.Read(ref measured) >= before + 2;
            },
            "two pings are answered");
    }

    [Fact]
    public async Task A_send_that_had_to_wait_and_went_on_is_a_sign_of_life()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndPoint!);
        using Socket peer = await listener.AcceptAsync();
        var queue = new PeerSendQueue(1_000, 64 << 20);
        queue.TryAdd(Frame(48 << 20));
        var signal = new AsyncSignal();
        using var link = new PeerLink(socket, queue, signal, new PeerTraffic(new MemberId(2)), roundTripMeasured: null);
        Task<string> run = link.RunAsync();
        byte[] taken = new byte[1 << 20];
        await TakeAsync(peer, taken, 8);
        long heard = link.LastHeardAt;

        await TakeAsync(peer, taken, 8);
        await Patience.UntilAsync(() => link.LastHeardAt > heard, "the peer is known to live");
        link.End("the test is over");
        await run;
    }

    private static async Task TakeAsync(Socket peer, byte[] buffer, int times)
    {
        for (int i = 0; i < times; i++)
        {
            (await peer.ReceiveAsync(buffer)).ShouldBeGreaterThan(0);
        }
    }

    private static void FillQueue(PeerEnd sender)
    {
        for (int i = 0; i < 300; i++)
        {
            sender.Network.Send(2, Frame(60 << 10));
        }

        sender.Network.Flush();
    }

    private static FrameBuffer Frame(int bytes)
    {
        var frame = new FrameBuffer(bytes);
        frame.Advance(bytes);
        return frame;
    }

    /// <summary>Takes some 60 MB a second.</summary>
    private sealed class SlowSink : IPeerFrameSink
    {
        public ValueTask PostAsync(ulong from, FrameBuffer frame, CancellationToken cancellationToken)
        {
            frame.Dispose();
            Thread.Sleep(1);
            return ValueTask.CompletedTask;
        }

        public void ConnectionLost(ulong from)
        {
        }
    }
}
