using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Runtime;

/// <summary>
/// An established connection that carries frames to a peer. One loop takes what waits in the queue and writes it in as
/// few sends as it fits, another reads the answers to pings, and with them the end of the connection.
/// </summary>
internal sealed class PeerLink : IDisposable
{
    /// <summary>Frames up to here share sends; a larger one goes out from its own buffer, uncopied.</summary>
    private const int ScratchBytes = 64 << 10;

    /// <summary>A send of more could take longer than the peer may be silent, with nothing to show for it until it ends.</summary>
    private const int SendBytesMax = 1 << 20;

    private const int LengthBytes = 4;

    private readonly PeerSendQueue _queue;
    private readonly AsyncSignal _signal;
    private readonly PeerTraffic _traffic;
    private readonly Action<MemberId, TimeSpan>? _roundTripMeasured;
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(ScratchBytes);
    private int _filled;
    private string? _endReason; // set once, by whoever finds the end first
    private volatile bool _endsInOrder;
    private volatile bool _pingDue;
    private long _pingSentAt; // zero: none is under way
    private long _lastHeardAt = Stopwatch.GetTimestamp();

    /// <param name="socket">Connected and greeted; owned from now on.</param>
    /// <param name="queue">Where frames come from.</param>
    /// <param name="signal">Raised when the queue has got something.</param>
    /// <param name="traffic">Where it is counted.</param>
    /// <param name="roundTripMeasured">Hears of every answered ping.</param>
    public PeerLink(Socket socket, PeerSendQueue queue, AsyncSignal signal, PeerTraffic traffic, Action<MemberId, TimeSpan>? roundTripMeasured)
    {
        _roundTripMeasured = roundTripMeasured;
        _queue = queue;
        _signal = signal;
        _traffic = traffic;
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>When the peer last gave a sign of life.</summary>
    internal long LastHeardAt => Volatile.Read(ref _lastHeardAt);

    /// <summary>Carries frames until the connection ends; returns why it did.</summary>
    public async Task<string> RunAsync()
    {
        Task answers = ReadAnswersAsync();
        try
        {
            await WriteFramesAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            End(exception.Message);
        }

        // Until here it may have run within a raise, on the thread of a replica's loop: what follows is not to hold that up.
        await Task.Yield();
        if (_endsInOrder && TryEndSending())
        {
            // A socket that is closed before an answer comes resets the connection, and what the peer has not read by then is lost.
            await answers.ConfigureAwait(false);
        }

        Dispose();
        await answers.ConfigureAwait(false);
        return _endReason ?? "it was closed";
    }

    /// <summary>
    /// Sends no frame that still waits, and ends the connection once the peer has read what was sent and closed its side; or
    /// when <see cref="End"/> is called, which whoever calls this has to, in case the peer does neither.
    /// </summary>
    public void EndInOrder(string reason)
    {
        _endsInOrder = true;
        Interlocked.CompareExchange(ref _endReason, reason, null);
        _signal.Raise();
    }

    /// <summary>Ends the connection.</summary>
    public void End(string reason)
    {
        Interlocked.CompareExchange(ref _endReason, reason, null);
        Dispose();
        _signal.Raise();
    }

    /// <summary>Called in regular intervals: asks for a sign of life, and ends a connection that gave none for too long.</summary>
    public void CheckLife(TimeSpan silenceTimeout)
    {
        if (Stopwatch.GetElapsedTime(LastHeardAt) > silenceTimeout)
        {
            End($"it gave no sign of life for {silenceTimeout}");
            return;
        }

        _pingDue = true;
        _signal.Raise();
    }

    public void Dispose() => _stream.Dispose();

    private bool TryEndSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false; // it has ended already
        }
    }

    private async Task WriteFramesAsync()
    {
        int frames = 0;
        long bytes = 0;
        while (Volatile.Read(ref _endReason) is null)
        {
            await AppendPingAsync().ConfigureAwait(false);
            while (_queue.TryTake(out FrameBuffer? frame))
            {
                // Where the network is slower than what comes, the queue is never empty.
                await AppendPingAsync().ConfigureAwait(false);
                using (frame)
                {
                    frames++;
                    bytes += LengthBytes + frame.Length;
                    await AppendAsync(frame).ConfigureAwait(false);
                }
            }

            await FlushAsync().ConfigureAwait(false);
            if (frames > 0)
            {
                _traffic.Sent(frames, bytes);
                frames = 0;
                bytes = 0;
            }

            await _signal.WaitAsync().ConfigureAwait(false);
        }
    }

    private ValueTask AppendPingAsync() =>
        _pingDue && Volatile.Read(ref _pingSentAt) == 0 ? AppendDuePingAsync() : ValueTask.CompletedTask;

    private async ValueTask AppendDuePingAsync()
    {
        _pingDue = false;
        await ReserveAsync(LengthBytes).ConfigureAwait(false);
        AppendLength(0);
        Volatile.Write(ref _pingSentAt, Stopwatch.GetTimestamp());
    }

    private async ValueTask AppendAsync(FrameBuffer frame)
    {
        bool isLarge = LengthBytes + frame.Length > ScratchBytes;
        await ReserveAsync(isLarge ? LengthBytes : LengthBytes + frame.Length).ConfigureAwait(false);
        AppendLength(frame.Length);
        if (isLarge)
        {
            await FlushAsync().ConfigureAwait(false);
            await SendAsync(frame.Written).ConfigureAwait(false);
        }
        else
        {
            frame.Written.Span.CopyTo(_scratch.AsSpan(_filled));
            _filled += frame.Length;
        }
    }

    private ValueTask ReserveAsync(int bytes) => _filled + bytes > ScratchBytes ? FlushAsync() : ValueTask.CompletedTask;

    private void AppendLength(int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_scratch.AsSpan(_filled), length);
        _filled += LengthBytes;
    }

    private ValueTask FlushAsync()
    {
        if (_filled == 0)
        {
            return ValueTask.CompletedTask;
        }

        int count = _filled;
        _filled = 0;
        return SendAsync(_scratch.AsMemory(0, count));
    }

    /// <summary>
    /// Sends. A send that had to wait for room, and found it, is a sign of life: the peer has taken what was sent before. Behind what
    /// lies on a slow way an answer to a ping may be long in coming.
    /// </summary>
    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, SendBytesMax);
            ValueTask sent = _stream.WriteAsync(bytes[..count]);
            bool waits = !sent.IsCompleted;
            await sent.ConfigureAwait(false);
            if (waits)
            {
                Volatile.Write(ref _lastHeardAt, Stopwatch.GetTimestamp());
            }

            bytes = bytes[count..];
        }
    }

    private async Task ReadAnswersAsync()
    {
        byte[] answer = new byte[LengthBytes];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(answer).ConfigureAwait(false);
                long sentAt = Interlocked.Exchange(ref _pingSentAt, 0);
                if (BinaryPrimitives.ReadInt32LittleEndian(answer) != 0 || sentAt == 0)
                {
                    End("it sent what is not the answer to a ping");
                    return;
                }

                TimeSpan roundTrip = Stopwatch.GetElapsedTime(sentAt);
                _traffic.RoundTripMeasured(roundTrip);
                _roundTripMeasured?.Invoke(_traffic.Peer, roundTrip);
                Volatile.Write(ref _lastHeardAt, Stopwatch.GetTimestamp());
            }
        }
        catch (EndOfStreamException)
        {
            End("the peer closed it");
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            End(exception.Message);
        }
    }
}
