using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Quorate.Runtime;

/// <summary>
/// Listens for peers on an endpoint of its own, on Kestrel's socket transport but without a web server around it, so
/// that a replica can be embedded in any program, and several in one.
/// </summary>
public sealed class PeerListener : IAsyncDisposable
{
    private readonly TcpPeerNetwork _network;
    private readonly ILogger _logger;
    private readonly IConnectionListener _listener;
    private readonly Lock _gate = new();
    private readonly Dictionary<ConnectionContext, Task> _connections_NeedsGate = [];
    private readonly Task _accept;
    private volatile bool _disposed;

    private PeerListener(TcpPeerNetwork network, IConnectionListener listener, ILogger logger)
    {
        _network = network;
        _listener = listener;
        _logger = logger;
        _accept = AcceptAsync();
    }

    /// <summary>Where it listens; with the port that was given where zero was asked for.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.EndPoint;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="IOException">The endpoint is in use, or not one of this machine; says which.</exception>
    public static async Task<PeerListener> StartAsync(
        IPEndPoint endPoint, TcpPeerNetwork network, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(network);
        var factory = new SocketTransportFactory(Options.Create(TransportOptions()), loggers);
        try
        {
            IConnectionListener listener = await factory.BindAsync(endPoint, cancellationToken).ConfigureAwait(false);
            ILogger logger = loggers.CreateLogger<TcpPeerNetwork>();
            PeerLog.Listening(logger, listener.EndPoint.ToString() ?? string.Empty);
            return new PeerListener(network, listener, logger);
        }
        catch (AddressInUseException exception)
        {
            throw new IOException(
                $"cannot listen for peers on {endPoint}: another program uses that address; stop it or choose another port", exception);
        }
        catch (System.Net.Sockets.SocketException exception)
        {
            throw new IOException($"cannot listen for peers on {endPoint}: {exception.Message}", exception);
        }
    }

    /// <summary>Stops listening and ends the connections it took.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _listener.UnbindAsync().ConfigureAwait(false);
        await _accept.ConfigureAwait(false);
        Task[] open;
        lock (_gate)
        {
            foreach (ConnectionContext connection in _connections_NeedsGate.Keys)
            {
                connection.Abort();
            }

            open = [.. _connections_NeedsGate.Values];
        }

        await Task.WhenAll(open).ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// What arrives is taken to the replica by the thread that has read it. The reader never blocks, and each hand-over
    /// to another thread would cost more than all that it does.
    /// </summary>
    private static SocketTransportOptions TransportOptions() => new()
    {
        NoDelay = true,
        UnsafePreferInlineScheduling = true,
        WaitForDataBeforeAllocatingBuffer = false,
    };

    private async Task AcceptAsync()
    {
        while (!_disposed)
        {
            try
            {
                if (await _listener.AcceptAsync().ConfigureAwait(false) is not { } connection)
                {
                    return; // unbound
                }

                lock (_gate)
                {
                    _connections_NeedsGate[connection] = Task.Run(() => RunAsync(connection));
                }
            }
            catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IOException or ObjectDisposedException)
            {
                if (_disposed)
                {
                    return;
                }

                // Out of file descriptors, say. Turning in circles until there are some again would not help anybody.
                PeerLog.AcceptFailed(_logger, EndPoint.ToString(), exception);
                await Task.Delay(TimeSpan.FromMilliseconds(100)).ConfigureAwait(false);
            }
        }
    }

    private async Task RunAsync(ConnectionContext connection)
    {
        try
        {
            await _network.RunConnectionAsync(connection).ConfigureAwait(false);
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            lock (_gate)
            {
                _connections_NeedsGate.Remove(connection);
            }
        }
    }
}
