using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Quorate.Runtime;
using Quorate.Server.Hosting;

namespace Quorate.Server.Http;

/// <summary>
/// The connections that Kestrel's transport accepts on a port, as far as there are places. Connections beyond are closed at once.
/// </summary>
/// <remarks>
/// The transport is Kestrel's whole: what it offers for making connections of sockets that others accept gives them another pool
/// of memory, from which an answer over HTTP/1.1 may get an empty buffer. Its listener takes every failed accept for a client
/// that left, and tries again at once; the places are fewer than the descriptors of the process, so that none fails for lack of those.
/// </remarks>
internal sealed class ClientSocketListener(IConnectionListener sockets, ConnectionPlaces places, RepeatedLog repeated, ILogger logger)
    : IConnectionListener
{
    public EndPoint EndPoint => sockets.EndPoint;

    /// <summary>
    /// The socket that clients' connections come from. A client that has vanished is found by its system's silence, whatever it
    /// speaks; by default that takes two hours, where it is asked at all. Accepted sockets are as this one.
    /// </summary>
    public static Socket Listen(EndPoint address)
    {
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)ServerLimits.KeepAliveDelay.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)ServerLimits.TcpKeepAliveInterval.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, ServerLimits.TcpKeepAliveProbes);
        return socket;
    }

    /// <summary>The next connection; null once the port is closed.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await sockets.AcceptAsync(cancellationToken) is { } connection)
        {
            if (places.TryTake())
            {
                return new PlacedConnection(connection, places);
            }

            if (repeated.MayLog("too many connections", out long suppressed))
            {
                ServerLog.ConnectionRefused(logger, connection.RemoteEndPoint, places.Max, RepeatedLog.More(suppressed));
            }

            connection.Abort(new ConnectionAbortedException("there are too many connections"));
            await connection.DisposeAsync();
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => sockets.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync() => sockets.DisposeAsync();
}
