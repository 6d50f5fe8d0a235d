using System.Net;
using System.Net.Sockets;

namespace Quorate.Bench.Elections;

/// <summary>
/// The way from one member to another: takes the connections of the one, makes them to the other, and lets whatever
/// passes take its time, in order. It can hold what passes back, and end connections as the kernel of a killed process does.
/// </summary>
internal sealed class DelayingRelay : IAsyncDisposable
{
    private readonly Func<TimeSpan> _drawDelay;
    private readonly int _targetPort;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly HashSet<RelayedConnection> _connections_NeedsGate = [];
    private readonly Task _accept;
    private volatile bool _isDown;

    public DelayingRelay(int targetPort, Func<TimeSpan> drawDelay)
    {
        _targetPort = targetPort;
        _drawDelay = drawDelay;
        _listener.Start();
        _accept = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>From now on nothing passes on the connections that there are, in the direction in which they were made.</summary>
    public void Hold() => ForEach(static connection => connection.Hold());

    /// <summary>One of the two processes has ended: so do all connections, and none is made until <see cref="Restore"/>. What is held back is lost.</summary>
    public void Sever()
    {
        _isDown = true;
        ForEach(static connection => connection.Sever());
    }

    public void Restore() => _isDown = false;

    public async ValueTask DisposeAsync()
    {
        Sever();
        _listener.Dispose();
        await _accept;
    }

    private void ForEach(Action<RelayedConnection> action)
    {
        RelayedConnection[] connections;
        lock (_gate)
        {
            connections = [.. _connections_NeedsGate];
        }

        Array.ForEach(connections, action);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket near = await _listener.AcceptSocketAsync();
                _ = ServeAsync(near);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It is disposed.
        }
    }

    private async Task ServeAsync(Socket near)
    {
        using (near)
        {
            using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            near.NoDelay = true;
            try
            {
                if (_isDown)
                {
                    return;
                }

                await far.ConnectAsync(IPAddress.Loopback, _targetPort);
                using var connection = new RelayedConnection(near, far, _drawDelay);
                lock (_gate)
                {
                    _connections_NeedsGate.Add(connection);
                }

                if (_isDown)
                {
                    connection.Sever();
                }

                await connection.RunAsync();
                lock (_gate)
                {
                    _connections_NeedsGate.Remove(connection);
                }
            }
            catch (SocketException)
            {
                // The other is down: whoever dialled sees its connection end.
            }
        }
    }
}
