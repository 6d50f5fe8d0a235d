using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Runtime;

/// <summary>
/// Frames to and from the other members over TCP: this member dials every peer to send to it, and takes connections
/// that peers have made, to receive. What is in a frame is none of its business.
/// </summary>
public sealed class TcpPeerNetwork : IPeerNetwork, IAsyncDisposable
{
    private readonly PeerNetworkOptions _options;
    private readonly ILogger _logger;
    private readonly RepeatedLog _repeated;
    private readonly Timer _lifeTimer;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, CancellationTokenSource> _inbound_NeedsGate = [];
    private readonly CancellationTokenSource _stop = new();
    private ImmutableDictionary<ulong, PeerSender> _senders = ImmutableDictionary<ulong, PeerSender>.Empty;
    private PeerSender[] _flushed = []; // the same senders, to walk without an enumerator
    private IPeerFrameSink? _sink;
    private int _connections;
    private bool _disposed;

    /// <summary>Starts dialling the peers; connections from them are taken once <see cref="Start"/> says where frames go.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="peers">Where the members listen; this member itself is passed over.</param>
    /// <param name="logger">Receives events 1100 to 1199.</param>
    /// <exception cref="ArgumentException">A setting cannot work.</exception>
    public TcpPeerNetwork(PeerNetworkOptions options, IEnumerable<PeerAddress> peers, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _logger = logger;
        _repeated = new RepeatedLog(options.RepeatedLogInterval);
        _lifeTimer = new Timer(_ => CheckLife(), null, options.PingInterval, options.PingInterval);
        SetPeers(peers);
    }

    /// <summary>What has passed between this member and each peer, in order of their ids.</summary>
    public IReadOnlyList<PeerTraffic> Traffic => [.. _senders.Values.Select(sender => sender.Traffic).OrderBy(traffic => traffic.Peer)];

    /// <summary>What keeps messages back that come again and again; for the listeners too.</summary>
    internal RepeatedLog Repeated => _repeated;

    /// <summary>Says where arriving frames go.</summary>
    public void Start(IPeerFrameSink sink) => Volatile.Write(ref _sink, sink);

    /// <summary>Exchanges the set of peers: what is new is dialled, what is gone is let go, what stays keeps its connection.</summary>
    public void SetPeers(IEnumerable<PeerAddress> peers)
    {
        ArgumentNullException.ThrowIfNull(peers);
        List<PeerSender> gone = [];
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ImmutableDictionary<ulong, PeerSender>.Builder next = ImmutableDictionary.CreateBuilder<ulong, PeerSender>();
            foreach (PeerAddress peer in peers)
            {
                if (peer.Id == _options.Id)
                {
                    continue;
                }

                PeerSender? known = _senders.GetValueOrDefault(peer.Id.Value);
                next[peer.Id.Value] = known is not null && known.Peer == peer
                    ? known
                    : new PeerSender(_options, peer, known?.Traffic ?? new PeerTraffic(peer.Id), _repeated, _logger);
            }

            gone.AddRange(_senders.Values.Where(sender => next.GetValueOrDefault(sender.Peer.Id.Value) != sender));
            _senders = next.ToImmutable();
            Volatile.Write(ref _flushed, [.. _senders.Values]);
        }

        foreach (PeerSender sender in gone)
        {
            _ = sender.DisposeAsync().AsTask();
        }
    }

    /// <inheritdoc/>
    public void Send(ulong peer, FrameBuffer frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentOutOfRangeException.ThrowIfZero(frame.Length);
        if (_senders.TryGetValue(peer, out PeerSender? sender))
        {
            sender.Send(frame);
        }
        else
        {
            frame.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        foreach (PeerSender sender in Volatile.Read(ref _flushed))
        {
            sender.Flush();
        }
    }

    /// <summary>Serves a connection that a peer has made, until it ends. Called by whoever listens.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="stopping">Cancelled before the listener ends the connection of its own accord: its end then says nothing about the peer.</param>
    public async Task RunConnectionAsync(ConnectionContext connection, CancellationToken stopping = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (TryTakePlace(connection.RemoteEndPoint))
        {
            try
            {
                await RunPlacedAsync(connection, stopping).ConfigureAwait(false);
            }
            finally
            {
                GiveBackPlace();
            }
        }
        else
        {
            await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
            await connection.Transport.Input.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Counts a connection, before anything is spent on it; refuses it, and says so, beyond the limit.</summary>
    internal bool TryTakePlace(EndPoint? remote)
    {
        if (Interlocked.Increment(ref _connections) <= _options.ConnectionsMax)
        {
            return true;
        }

        GiveBackPlace();
        LogRefusal(remote, new PeerRefusal($"there are {_options.ConnectionsMax} connections already"));
        return false;
    }

    /// <summary>For each place that was taken, once, at the end of its connection.</summary>
    internal void GiveBackPlace() => Interlocked.Decrement(ref _connections);

    /// <summary>Serves a connection that has a place, until it ends.</summary>
    internal async Task RunPlacedAsync(ConnectionContext connection, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, connection.ConnectionClosed);
        Exception? broken = null;
        try
        {
            await ServeAsync(connection, ended, stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer is gone, has been replaced by its own next connection, or this member is stopping.
            broken = exception;
        }
        finally
        {
            // Told why, the output does not try once more to write what could not be written.
            await connection.Transport.Output.CompleteAsync(broken).ConfigureAwait(false);
            await connection.Transport.Input.CompleteAsync(broken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends all connections. Frames that still wait are given up.</summary>
    public async ValueTask DisposeAsync()
    {
        ImmutableDictionary<ulong, PeerSender> senders;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            senders = _senders;
        }

        await _lifeTimer.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(senders.Values.Select(sender => sender.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    private async Task ServeAsync(ConnectionContext connection, CancellationTokenSource ended, CancellationToken stopping)
    {
        if (Volatile.Read(ref _sink) is not { } sink)
        {
            return;
        }

        var receiver = new PeerReceiver(_options, id => _senders.ContainsKey(id), connection);
        (PeerHello hello, PeerRefusal? refused) = await GreetAsync(receiver, ended.Token).ConfigureAwait(false);
        if (refused is { } refusal)
        {
            LogRefusal(connection.RemoteEndPoint, refusal);
            return;
        }

        string peer = _senders.GetValueOrDefault(hello.From)?.Peer.Title ?? new MemberId(hello.From).ToString();
        PeerTraffic traffic = _senders.GetValueOrDefault(hello.From)?.Traffic ?? new PeerTraffic(new MemberId(hello.From));
        CancellationTokenSource? older;
        lock (_gate)
        {
            // A peer that dials again has given up its older connection, even where this side cannot know yet.
            _inbound_NeedsGate.Remove(hello.From, out older);
            _inbound_NeedsGate[hello.From] = ended;

            // Under the gate, since it is disposed only after it has left the table; its callbacks run elsewhere.
            _ = older?.CancelAsync();
        }

        PeerLog.Accepted(_logger, peer, Describe(connection.RemoteEndPoint));
        string reason = "the connection broke";
        bool isLost = false;
        try
        {
            string? error = await receiver.ReadFramesAsync(hello.From, traffic, sink, ended.Token).ConfigureAwait(false);
            reason = error ?? "the peer closed it";
            isLost = error is null;
            if (error is not null && _repeated.MayLog($"protocol error of {peer}", out long suppressed))
            {
                PeerLog.ProtocolError(_logger, peer, error, RepeatedLog.More(suppressed));
            }
        }
        catch (IOException)
        {
            isLost = true; // what a killed process had not read makes its kernel reset the connection
            throw;
        }
        finally
        {
            lock (_gate)
            {
                if (_inbound_NeedsGate.GetValueOrDefault(hello.From) == ended)
                {
                    _inbound_NeedsGate.Remove(hello.From);

                    // Under the gate, which the peer's next connection has to pass before its first frame.
                    if (isLost && !_stop.IsCancellationRequested && !stopping.IsCancellationRequested)
                    {
                        sink.ConnectionLost(hello.From);
                    }
                }
            }

            PeerLog.Ended(_logger, peer, reason);
        }
    }

    private async Task<(PeerHello Hello, PeerRefusal? Refusal)> GreetAsync(PeerReceiver receiver, CancellationToken ended)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ended);
        timer.CancelAfter(_options.HelloTimeout);
        try
        {
            return await receiver.GreetAsync(timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ended.IsCancellationRequested)
        {
            return (default, new PeerRefusal($"it did not say who it is within {_options.HelloTimeout}"));
        }
    }

    private static string Describe(EndPoint? remote) => remote?.ToString() ?? "an unknown address";

    private void LogRefusal(EndPoint? remote, PeerRefusal refusal)
    {
        string address = remote is IPEndPoint endPoint ? endPoint.Address.ToString() : Describe(remote);
        if (_repeated.MayLog($"refused {address}: {refusal.Kind}", out long suppressed))
        {
            PeerLog.Refused(_logger, Describe(remote), refusal.Reason, RepeatedLog.More(suppressed));
        }
    }

    private void CheckLife()
    {
        foreach (PeerSender sender in _senders.Values)
        {
            sender.CheckLife();
        }
    }
}
