using Quorate.Raft;

namespace Quorate.Runtime;

/// <summary>What has passed between this member and one peer since the start; may be read from any thread.</summary>
public sealed class PeerTraffic
{
    private long _framesSent;
    private long _bytesSent;
    private long _framesDropped;
    private long _framesReceived;
    private long _bytesReceived;
    private long _connects;
    private long _connectFailures;
    private long _roundTripTicks;
    private int _connections;

    internal PeerTraffic(MemberId peer)
    {
        Peer = peer;
    }

    /// <summary>The peer.</summary>
    public MemberId Peer { get; }

    /// <summary>Whether frames can be sent to it now.</summary>
    /// <remarks>Counted: where a peer has moved, the connection to its old place may end after the one to the new began.</remarks>
    public bool IsConnected => Volatile.Read(ref _connections) > 0;

    /// <summary>Frames written to its connection.</summary>
    public long FramesSent => Volatile.Read(ref _framesSent);

    /// <summary>Bytes written to its connection.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>Frames given up: the queue was full, or there was no connection.</summary>
    public long FramesDropped => Volatile.Read(ref _framesDropped);

    /// <summary>Frames received from it.</summary>
    public long FramesReceived => Volatile.Read(ref _framesReceived);

    /// <summary>Bytes received from it.</summary>
    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    /// <summary>Connections made to it.</summary>
    public long Connects => Volatile.Read(ref _connects);

    /// <summary>Attempts to connect that failed or were refused.</summary>
    public long ConnectFailures => Volatile.Read(ref _connectFailures);

    /// <summary>The last measured round trip; zero before the first.</summary>
    public TimeSpan RoundTrip => new(Volatile.Read(ref _roundTripTicks));

    // Bytes before frames: whoever sees a frame counted finds its bytes counted too.
    internal void Sent(int frames, long bytes)
    {
        Interlocked.Add(ref _bytesSent, bytes);
        Interlocked.Add(ref _framesSent, frames);
    }

    internal void Dropped(int frames) => Interlocked.Add(ref _framesDropped, frames);

    internal void Received(long bytes)
    {
        Interlocked.Add(ref _bytesReceived, bytes);
        Interlocked.Increment(ref _framesReceived);
    }

    internal void Connected()
    {
        Interlocked.Increment(ref _connects);
        Interlocked.Increment(ref _connections);
    }

    internal void Disconnected() => Interlocked.Decrement(ref _connections);

    internal void ConnectFailed() => Interlocked.Increment(ref _connectFailures);

    internal void RoundTripMeasured(TimeSpan time) => Volatile.Write(ref _roundTripTicks, time.Ticks);
}
