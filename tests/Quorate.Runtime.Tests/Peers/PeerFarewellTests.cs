using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Quorate.Runtime.Tests.Peers;

/// <summary>How a member that stops in order ends its connections.</summary>
public sealed class PeerFarewellTests : IDisposable
{
    private const int Frames = 100;
    private const int FrameBytes = 5000;
    private const int LengthBytes = 4;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public PeerFarewellTests()
    {
        // What is sent does not fit here, so most of it is still on the other side when that ends.
        _listener.ReceiveBufferSize = 4096;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>To a socket that is closed the answer is unexpected: the system would reset the connection, and with it what is still to be delivered.</summary>
    [Fact]
    public async Task What_was_sent_arrives_though_the_answer_to_a_ping_comes_during_the_end()
    {
        PeerEnd stopping = await PeerEnd.StartAsync(PeerEnd.Options(1));
        using Socket connection = await GreetAsync(stopping);
        (await ReadLengthAsync(connection)).ShouldBe(0, "a ping");
        for (int i = 0; i < Frames; i++)
        {
            stopping.Send(2, new string('x', FrameBytes));
        }

        await Patience.UntilAsync(() => stopping.Network.Traffic[0].FramesSent == Frames, "all frames are sent");
        Task stopped = stopping.DisposeAsync().AsTask();
        await connection.SendAsync(new byte[LengthBytes]);

        int arrived = 0;
        while (await ReadLengthAsync(connection) is { } length)
        {
            if (length > 0)
            {
                length.ShouldBe(FrameBytes);
                await ReadAsync(connection, new byte[length]);
                arrived++;
            }
        }

        connection.Dispose();
        await Patience.ForAsync(stopped);
        arrived.ShouldBe(Frames);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_holds_up_no_stop_for_long()
    {
        PeerEnd stopping = await PeerEnd.StartAsync(PeerEnd.Options(1));
        using Socket connection = await GreetAsync(stopping);
        for (int i = 0; i < Frames; i++)
        {
            stopping.Send(2, new string('x', 500_000)); // more than any buffer of the system holds
        }

        await Patience.ForAsync(stopping.DisposeAsync().AsTask());
    }

    private async Task<Socket> GreetAsync(PeerEnd dialling)
    {
        dialling.Dial(2, ((IPEndPoint)_listener.LocalEndPoint!).Port);
        Socket connection = await _listener.AcceptAsync();
        await ReadAsync(connection, new byte[PeerHello.Length]);
        byte[] welcome = new byte[PeerHelloReply.Length];
        new PeerHelloReply(PeerHello.ProtocolVersion, PeerAnswer.Welcome, PeerEnd.Cluster, 2).Write(welcome);
        await connection.SendAsync(welcome);
        await Patience.UntilAsync(() => dialling.Network.Traffic[0].IsConnected, "connected");
        return connection;
    }

    /// <summary>The length of the next frame, zero for a ping; null at the end.</summary>
    private static async Task<int?> ReadLengthAsync(Socket connection)
    {
        byte[] length = new byte[LengthBytes];
        return await ReadAsync(connection, length) ? BinaryPrimitives.ReadInt32LittleEndian(length) : null;
    }

    private static async Task<bool> ReadAsync(Socket connection, Memory<byte> destination)
    {
        int count = 1;
        for (int read = 0; read < destination.Length && count > 0; read += count)
        {
            count = await connection.ReceiveAsync(destination[read..]);
        }

        return count > 0;
    }
}
