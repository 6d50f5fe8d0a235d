using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Quorate.Runtime;
using Quorate.Server.Hosting;

namespace Quorate.Server.Http;

/// <summary>
/// Accepts the sockets of a port and makes Kestrel's connections of them. Kestrel's own listener tries again at once after
/// whatever an accept failed with, and tells nobody: out of file descriptors it turns in circles on a whole core. This one throws.
/// </summary>
internal sealed class ClientSocketListener : IConnectionListener
{
    private readonly Socket _socket;
    private readonly SocketTransportOptions _options;
    private readonly ConnectionPlaces _places;
    private readonly RepeatedLog _repeated;
    private readonly ILogger _logger;
    private readonly SocketConnectionContextFactory _connections;

    /// <summary>Binds the address and listens.</summary>
    /// <exception cref="SocketException">The address is taken, or not of this machine.</exception>
    public ClientSocketListener(
        IPEndPoint address, SocketTransportOptions options, ConnectionPlaces places, RepeatedLog repeated, ILogger logger)
    {
        _options = options;
        _places = places;
        _repeated = repeated;
        _logger = logger;
        _connections = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions
            {
                IOQueueCount = options.IOQueueCount,
                WaitForDataBeforeAllocatingBuffer = options.WaitForDataBeforeAllocatingBuffer,
                MaxReadBufferSize = options.MaxReadBufferSize,
                MaxWriteBufferSize = options.MaxWriteBufferSize,
                UnsafePreferInlineScheduling = options.UnsafePreferInlineScheduling,
            },
            logger);
        _socket = options.CreateBoundListenSocket(address);
        try
        {
            _socket.Listen(options.Backlog);
            EndPoint = _socket.LocalEndPoint!;
        }
        catch
        {
            Close();
            throw;
        }
    }

    public EndPoint EndPoint { get; }

    /// <summary>The next connection; null once the port is closed.</summary>
    /// <exception cref="SocketException">It could not be accepted; the next one may be.</exception>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _socket.AcceptAsync(cancellationToken);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                continue; // its client left while it waited
            }

            if (!_places.TryTake())
            {
                LogRefusal(socket);
                socket.Dispose();
                continue;
            }

            try
            {
                socket.NoDelay = _options.NoDelay;
                KeepAlive(socket);
                return new PlacedConnection(_connections.Create(socket), _places);
            }
            catch (SocketException)
            {
                Drop(socket); // so did this one's
            }
            catch
            {
                Drop(socket);
                throw;
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// A client that has vanished is found by its system's silence, whatever it speaks; by default that takes two hours, where it is
    /// asked at all.
    /// </summary>
    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)ServerLimits.KeepAliveDelay.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)ServerLimits.TcpKeepAliveInterval.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, ServerLimits.TcpKeepAliveProbes);
    }

    private void Drop(Socket socket)
    {
        socket.Dispose();
        _places.GiveBack();
    }

    private void LogRefusal(Socket socket)
    {
        if (_repeated.MayLog("too many connections", out long suppressed))
        {
            ServerLog.ConnectionRefused(_logger, socket.RemoteEndPoint, _places.Max, RepeatedLog.More(suppressed));
        }
    }

    private void Close()
    {
        _socket.Dispose();
        _connections.Dispose();
    }
}
