using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Quorate.Runtime;
using Quorate.Server.Http;

namespace Quorate.Server.Tests.Http;

public sealed class ClientSocketListenerTests : IAsyncDisposable
{
    private readonly ClientSocketListener _listener;

    public ClientSocketListenerTests()
    {
        var transport = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions { CreateBoundListenSocket = ClientSocketListener.Listen }), NullLoggerFactory.Instance);
        IConnectionListener sockets = transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0)).AsTask().GetAwaiter().GetResult();
        _listener = new ClientSocketListener(
            sockets, new ConnectionPlaces(2), new RepeatedLog(TimeSpan.FromMinutes(1)), NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_one_that_has_ended_makes_room()
    {
        using Socket first = await ConnectAsync();
        using Socket second = await ConnectAsync();
        ConnectionContext a = (await _listener.AcceptAsync())!;
        await using ConnectionContext b = (await _listener.AcceptAsync())!;

        using Socket third = await ConnectAsync();
        Task<ConnectionContext?> next = _listener.AcceptAsync().AsTask();
        (await IsClosedAsync(third)).ShouldBeTrue();

        // Twice, as it may be by Kestrel and by whoever waited for its first bytes: it is one place all the same.
        await a.DisposeAsync();
        await a.DisposeAsync();
        using Socket fourth = await ConnectAsync();
        await using ConnectionContext c = (await next)!;
        c.RemoteEndPoint.ShouldBe(fourth.LocalEndPoint);

        using Socket fifth = await ConnectAsync();
        next = _listener.AcceptAsync().AsTask();
        (await IsClosedAsync(fifth)).ShouldBeTrue();
        await _listener.UnbindAsync();
        (await next).ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_is_accepted_any_more_once_the_port_is_closed()
    {
        Task<ConnectionContext?> next = _listener.AcceptAsync().AsTask();
        await _listener.UnbindAsync();
        (await next).ShouldBeNull();
        (await _listener.AcceptAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_client_is_asked_from_time_to_time_whether_it_is_still_there()
    {
        using Socket client = await ConnectAsync();
        await using ConnectionContext connection = (await _listener.AcceptAsync())!;
        Socket accepted = connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;

        accepted.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive).ShouldNotBe(0);
        accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime).ShouldBe(30);
        accepted.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval).ShouldBe(10);
        accepted.NoDelay.ShouldBeTrue();
    }

    /// <summary>In order, or by a reset: its client has sent nothing that would be lost.</summary>
    private static async Task<bool> IsClosedAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]) == 0;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_listener.EndPoint);
        return socket;
    }
}
