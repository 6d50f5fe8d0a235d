using System.Net;
using System.Net.Sockets;

namespace Quorate.Runtime.Tests.Peers;

/// <summary>Accepting goes on whatever becomes of one connection, and stopping is a matter of nobody else.</summary>
public sealed class PeerListenerTests
{
    [Fact]
    public async Task A_connection_for_which_no_thread_can_be_started_is_closed_and_the_next_one_is_served()
    {
        int started = 0;
        await using Port port = Port.Open(thread =>
        {
            if (++started <= 2)
            {
                throw new NotSupportedException("no more threads");
            }

            thread.Start();
        });
        for (int i = 0; i < 2; i++)
        {
            using Socket refused = await port.ConnectAsync();
            (await Patience.ForAsync(refused.ReceiveAsync(new byte[1]))).ShouldBe(0);
        }

        using Socket next = await port.ConnectAsync();
        (await WelcomeAsync(next)).Answer.ShouldBe(PeerAnswer.Welcome);

        port.Logs.Of(1115).ShouldHaveSingleItem().ShouldContain("no more threads");
    }

    [Fact]
    public async Task Connections_beyond_the_limit_cost_no_thread()
    {
        int started = 0;
        await using Port port = Port.Open(
            thread =>
            {
                started++;
                thread.Start();
            },
            PeerEnd.Options(2) with { ConnectionsMax = 1 });
        using Socket first = await port.ConnectAsync();
        (await WelcomeAsync(first)).Answer.ShouldBe(PeerAnswer.Welcome);

        for (int i = 0; i < 3; i++)
        {
            using Socket further = await port.ConnectAsync();
            (await Patience.ForAsync(further.ReceiveAsync(new byte[1]))).ShouldBe(0);
        }

        started.ShouldBe(1);
        port.Logs.Of(1113).ShouldHaveSingleItem().ShouldContain("there are 1 connections already");
    }

    [Fact]
    public async Task Connections_that_have_ended_make_room_for_others_whether_or_not_they_had_a_thread()
    {
        bool mayStart = false;
        await using Port port = Port.Open(
            thread =>
            {
                if (!mayStart)
                {
                    throw new NotSupportedException("no more threads");
                }

                thread.Start();
            },
            PeerEnd.Options(2) with { ConnectionsMax = 1 });
        using (Socket refused = await port.ConnectAsync())
        {
            (await Patience.ForAsync(refused.ReceiveAsync(new byte[1]))).ShouldBe(0);
        }

        mayStart = true;
        using (Socket served = await port.ConnectAsync())
        {
            (await WelcomeAsync(served)).Answer.ShouldBe(PeerAnswer.Welcome);
        }

        await port.Logs.UntilAsync(1112);
        await Patience.UntilAsync(
            () =>
            {
                using Socket next = port.ConnectAsync().GetAwaiter().GetResult();
                return WelcomeAsync(next).GetAwaiter().GetResult().Answer == PeerAnswer.Welcome;
            },
            "the next one is served");
    }

    /// <summary>It would keep a member from stopping in order.</summary>
    [Fact]
    public async Task A_fault_in_a_connection_is_told_and_does_not_come_out_of_the_stop()
    {
        await using Port port = Port.Open(static thread => thread.Start(), faultyEvent: 1112);
        using Socket socket = await port.ConnectAsync();
        (await WelcomeAsync(socket)).Answer.ShouldBe(PeerAnswer.Welcome);

        await Patience.ForAsync(port.Listener.DisposeAsync().AsTask());

        port.Logs.Of(1116).ShouldHaveSingleItem().ShouldContain("this event cannot be logged");
    }

    private static async Task<PeerHelloReply> WelcomeAsync(Socket socket)
    {
        byte[] hello = new byte[PeerHello.Length];
        new PeerHello(PeerEnd.Cluster, From: 1, To: 2).Write(hello);
        byte[] answer = new byte[PeerHelloReply.Length];
        try
        {
            await socket.SendAsync(hello);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            await Patience.ForAsync(stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false).AsTask());
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            // It was closed.
        }

        return PeerHelloReply.TryRead(answer, out PeerHelloReply reply) ? reply : default;
    }

    /// <summary>A listener, and the network that serves what it takes.</summary>
    private sealed class Port(TcpPeerNetwork network, PeerListener listener, CapturedLogs logs) : IAsyncDisposable
    {
        public PeerListener Listener => listener;

        public CapturedLogs Logs => logs;

        public static Port Open(Action<ConnectionThread> begin, PeerNetworkOptions? options = null, int faultyEvent = 0)
        {
            var logs = new CapturedLogs { FaultyEvent = faultyEvent };
            var network = new TcpPeerNetwork(options ?? PeerEnd.Options(2), [], logs);
            network.Start(new ReceivedFrames());
            return new Port(network, PeerListener.Start(new IPEndPoint(IPAddress.Loopback, 0), network, logs, begin), logs);
        }

        public async Task<Socket> ConnectAsync()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await Patience.ForAsync(socket.ConnectAsync(listener.EndPoint));
            return socket;
        }

        public async ValueTask DisposeAsync()
        {
            await listener.DisposeAsync();
            await network.DisposeAsync();
        }
    }
}
