using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Quorate.Runtime;

/// <summary>
/// Listens for peers on an endpoint of its own, without a web server around it, so that a replica can be embedded in any
/// program, and several in one. Each connection has a thread that reads it and takes what it reads to the replica.
/// </summary>
public sealed class PeerListener : IAsyncDisposable
{
    private const int BacklogMax = 512;
    private const int ReadBytesMax = 64 << 10;
    private const int ReadBytesMin = 4 << 10;

    /// <summary>Pause after a connection could not be accepted: whatever is short then needs a moment to come back.</summary>
    private static readonly TimeSpan s_afterFailedAccept = TimeSpan.FromMilliseconds(100);

    private readonly TcpPeerNetwork _network;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<ConnectionThread> _connections_NeedsGate = [];
    private readonly Action<ConnectionThread> _begin;
    private readonly Task _accept;

    private PeerListener(TcpPeerNetwork network, Socket listener, ILogger logger, Action<ConnectionThread> begin)
    {
        _network = network;
        _listener = listener;
        _logger = logger;
        _begin = begin;
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        _accept = AcceptAsync();
    }

    /// <summary>Where it listens; with the port that was given where zero was asked for.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="IOException">The endpoint is in use, or not one of this machine; says which.</exception>
    public static Task<PeerListener> StartAsync(
        IPEndPoint endPoint, TcpPeerNetwork network, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(loggers);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Start(endPoint, network, loggers, static thread => thread.Start()));
    }

    /// <param name="endPoint">Where.</param>
    /// <param name="network">Serves the connections.</param>
    /// <param name="loggers">Where to log to.</param>
    /// <param name="begin">Starts the thread of a connection, which a limit of threads may forbid.</param>
    internal static PeerListener Start(IPEndPoint endPoint, TcpPeerNetwork network, ILoggerFactory loggers, Action<ConnectionThread> begin)
    {
        Socket socket = Listen(endPoint);
        ILogger logger = loggers.CreateLogger<TcpPeerNetwork>();
        PeerLog.Listening(logger, socket.LocalEndPoint?.ToString() ?? string.Empty);
        return new PeerListener(network, socket, logger, begin);
    }

    /// <summary>
    /// Finds out whether a member can listen, before it takes part in anything or makes a data folder. Another program may
    /// still take the endpoint before the member does.
    /// </summary>
    /// <exception cref="IOException">It cannot; says why, and what would help.</exception>
    internal static void RequireUsable(IPEndPoint endPoint) => Listen(endPoint).Dispose();

    private static Socket Listen(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(endPoint);
            socket.Listen(BacklogMax);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException(
                exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"cannot listen for peers on {endPoint}: another program uses that address, perhaps this member that runs already; stop it or choose another port"
                    : $"cannot listen for peers on {endPoint}: {exception.Message}; use an address of this machine and a port that this user may open",
                exception);
        }
    }

    /// <summary>Stops listening and ends the connections it took. What any of them met is not thrown here.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accept.ConfigureAwait(false);
        ConnectionThread[] open;
        lock (_gate)
        {
            open = [.. _connections_NeedsGate];
        }

        foreach (ConnectionThread thread in open)
        {
            thread.Release(); // what it is lent for may hang
        }

        await Task.WhenAll(open.Select(thread => thread.Ended)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                Serve(socket);
            }
#pragma warning disable CA1031 // Nothing but the stop may end accepting: peers would dial in vain, and nobody be told.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (_stop.IsCancellationRequested)
                {
                    return;
                }

                LogFailedAccept(exception);

                // Out of file descriptors or threads, say. Turning in circles until there are some again would not help anybody.
                await Task.Delay(s_afterFailedAccept, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void LogFailedAccept(Exception exception)
    {
        if (_network.Repeated.MayLog($"accepting on {EndPoint}: {exception.GetType()}", out long suppressed))
        {
            PeerLog.AcceptFailed(_logger, EndPoint.ToString(), exception.Message, RepeatedLog.More(suppressed));
        }
    }

    private void Serve(Socket socket)
    {
        // Before it gets a thread, of which there may be a limit as well.
        if (!_network.TryTakePlace(socket.RemoteEndPoint))
        {
            socket.Dispose();
            return;
        }

        var thread = new ConnectionThread("quorate peer", thread => RunAsync(socket, thread));
        lock (_gate)
        {
            _connections_NeedsGate.Add(thread);
        }

        try
        {
            _begin(thread);
        }
        catch (Exception exception)
        {
            Forget(thread); // it will never end, since it has not begun
            _network.GiveBackPlace();
            socket.Dispose();
            throw new IOException($"the thread of a connection cannot be started ({exception.Message})", exception);
        }

        _ = thread.Ended.ContinueWith(_ => Forget(thread), TaskScheduler.Default);
    }

    private void Forget(ConnectionThread thread)
    {
        lock (_gate)
        {
            _connections_NeedsGate.Remove(thread);
        }
    }

    /// <summary>Begins on a thread of its own, and stays there unless it has to wait for room in the inbox or for the disk.</summary>
    private async Task RunAsync(Socket socket, ConnectionThread thread)
    {
        string remote = socket.RemoteEndPoint?.ToString() ?? string.Empty;
        try
        {
            await RunAsync(socket, remote, thread).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody above would tell of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (_network.Repeated.MayLog($"fault of a connection to {EndPoint}", out long suppressed))
            {
                PeerLog.ConnectionFault(_logger, remote, exception.Message, RepeatedLog.More(suppressed), exception);
            }
        }
        finally
        {
            _network.GiveBackPlace();
        }
    }

    private async Task RunAsync(Socket socket, string remote, ConnectionThread thread)
    {
        using (socket)
        {
            socket.NoDelay = true;
            var stream = new PeerSocketStream(socket, thread);
            var connection = new DefaultConnectionContext
            {
                ConnectionId = remote,
                RemoteEndPoint = socket.RemoteEndPoint,
                ConnectionClosed = _stop.Token,
                Transport = new Pipes(
                    PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadBytesMax, minimumReadSize: ReadBytesMin)),
                    PipeWriter.Create(stream)),
            };
            await _network.RunPlacedAsync(connection, _stop.Token).ConfigureAwait(false);
        }
    }

    private sealed class Pipes(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
