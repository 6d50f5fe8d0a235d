using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>Keeps a connection to one peer and sends it frames.</summary>
/// <remarks>
/// While there is no connection, frames wait for the attempt under way and are given up when it fails, so that none is
/// older than one pause and one attempt when it is sent, and a dead peer costs no memory.
/// </remarks>
internal sealed class PeerSender : IAsyncDisposable
{
    /// <summary>How long a member that stops lets a peer read what was sent.</summary>
    private static readonly TimeSpan s_farewellMax = TimeSpan.FromMilliseconds(500);

    private const string StopReason = "this member is stopping";

    private readonly PeerNetworkOptions _options;
    private readonly RepeatedLog _repeated;
    private readonly ILogger _logger;
    private readonly PeerSendQueue _queue;
    private readonly AsyncSignal _signal = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private volatile PeerLink? _link;
    private volatile bool _stopped;
    private volatile bool _isFlushDue;

    public PeerSender(PeerNetworkOptions options, PeerAddress peer, PeerTraffic traffic, RepeatedLog repeated, ILogger logger)
    {
        _options = options;
        Peer = peer;
        Traffic = traffic;
        _repeated = repeated;
        _logger = logger;
        _queue = new PeerSendQueue(options.SendQueueFramesMax, options.SendQueueBytesMax);
        _run = Task.Run(RunAsync);
    }

    public PeerAddress Peer { get; }

    public PeerTraffic Traffic { get; }

    /// <summary>Queues a frame; it leaves with the next <see cref="Flush"/>.</summary>
    public void Send(FrameBuffer frame)
    {
        if (frame.Length > _options.FrameBytesMax)
        {
            PeerLog.FrameTooLargeToSend(_logger, Peer, frame.Length, _options.FrameBytesMax);
        }
        else if (!_stopped && _queue.TryAdd(frame))
        {
            _isFlushDue = true;
            return;
        }

        Traffic.Dropped(1);
        frame.Dispose();
    }

    /// <summary>Sends what is queued on this thread as far as the connection takes it at once; the rest follows on another.</summary>
    public void Flush()
    {
        if (_isFlushDue)
        {
            _isFlushDue = false;
            _signal.Raise();
        }
    }

    public void CheckLife() => _link?.CheckLife(_options.SilenceTimeout);

    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        _link?.EndInOrder(StopReason);
        await _run.WaitAsync(s_farewellMax).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _link?.End(StopReason);
        await _run.ConfigureAwait(false);
        Traffic.Dropped(_queue.Clear());
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        TimeSpan pause = _options.BackoffMin;
        while (!_stopped)
        {
            if (await TryDialAsync().ConfigureAwait(false) is { } socket)
            {
                long connectedAt = Stopwatch.GetTimestamp();
                await CarryAsync(socket).ConfigureAwait(false);
                if (Stopwatch.GetElapsedTime(connectedAt) > _options.BackoffMax)
                {
                    // Only a connection that held is a reason to hurry: one may also be welcomed and thrown out at once.
                    pause = _options.BackoffMin;
                }
            }
            else
            {
                Traffic.ConnectFailed();
            }

            Traffic.Dropped(_queue.Clear());

            // Between half and all of the pause: peers that lost a member together do not all come back together.
            TimeSpan jittered = pause * (0.5 + (Random.Shared.NextDouble() / 2));
            await Task.Delay(jittered, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < _options.BackoffMax ? pause * 2 : _options.BackoffMax;
        }
    }

    private async Task<Socket?> TryDialAsync()
    {
        try
        {
            (Socket? socket, string? refusal) = await PeerDialer.DialAsync(_options, Peer, _stop.Token).ConfigureAwait(false);
            if (refusal is not null && _repeated.MayLog($"refused by {Peer}: {refusal}", out long suppressed))
            {
                PeerLog.RefusedByPeer(_logger, Peer, refusal, RepeatedLog.More(suppressed));
            }

            return socket;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
#pragma warning disable CA1031 // Whatever it was, an address of a family that is switched off say, must not be the end of dialling.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (_repeated.MayLog($"no way to {Peer}", out long suppressed))
            {
                PeerLog.ConnectFailed(_logger, Peer, exception.Message, RepeatedLog.More(suppressed));
            }

            return null;
        }
    }

    private async Task CarryAsync(Socket socket)
    {
        using var link = new PeerLink(socket, _queue, _signal, Traffic, _options.RoundTripMeasured);
        _link = link;
        if (_stopped)
        {
            link.End(StopReason);
        }

        Traffic.Connected();
        PeerLog.Connected(_logger, Peer);
        _repeated.Forget($"no way to {Peer}");
        string reason;
        try
        {
            reason = await link.RunAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The next connection may hold; and a stop awaits this one.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            reason = exception.Message;
        }

        Traffic.Disconnected();
        _link = null;
        if (!_stopped)
        {
            PeerLog.Disconnected(_logger, Peer, reason);
        }
    }
}
