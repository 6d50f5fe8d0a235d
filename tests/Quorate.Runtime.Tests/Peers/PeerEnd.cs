using System.Net;
using System.Text;
using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Runtime.Tests.Peers;

/// <summary>One member's side of the peer network, listening on a port of the loopback interface.</summary>
internal sealed class PeerEnd : IAsyncDisposable
{
    public const ulong Cluster = 0xC1;

    private PeerEnd(TcpPeerNetwork network, PeerListener listener, ReceivedFrames received, CapturedLogs logs)
    {
        Network = network;
        Listener = listener;
        Received = received;
        Logs = logs;
    }

    public TcpPeerNetwork Network { get; }

    public PeerListener Listener { get; }

    public ReceivedFrames Received { get; }

    public CapturedLogs Logs { get; }

    public int Port => Listener.EndPoint.Port;

    public static PeerNetworkOptions Options(ulong id, ulong cluster = Cluster) => new()
    {
        Id = new MemberId(id),
        ClusterId = cluster,
        BackoffMin = TimeSpan.FromMilliseconds(5),
        BackoffMax = TimeSpan.FromMilliseconds(50),
        PingInterval = TimeSpan.FromMilliseconds(20),
        SilenceTimeout = TimeSpan.FromMinutes(1),
        HelloTimeout = TimeSpan.FromMinutes(1),
        RepeatedLogInterval = TimeSpan.FromHours(1),
    };

    public static async Task<PeerEnd> StartAsync(PeerNetworkOptions options, int port = 0)
    {
        var logs = new CapturedLogs();
        var received = new ReceivedFrames();
        var network = new TcpPeerNetwork(options, [], logs);
        network.Start(received);
        PeerListener listener = await PeerListener.StartAsync(new IPEndPoint(IPAddress.Loopback, port), network, logs);
        return new PeerEnd(network, listener, received, logs);
    }

    public void Dial(ulong id, int port) => Network.SetPeers([new PeerAddress(new MemberId(id), "127.0.0.1", port)]);

    public async Task DialAsync(ulong id, int port)
    {
        Dial(id, port);
        await Patience.UntilAsync(() => Network.Traffic[0].IsConnected, "connected");
    }

    public void Send(ulong peer, string text)
    {
        Network.Send(peer, Frame(text));
        Network.Flush();
    }

    public static FrameBuffer Frame(string text)
    {
        var frame = new FrameBuffer(text.Length);
        frame.Advance(Encoding.ASCII.GetBytes(text, frame.GetSpan(text.Length)));
        return frame;
    }

    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        await Network.DisposeAsync();
    }
}
