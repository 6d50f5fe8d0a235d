using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Quorate.Runtime;

namespace Quorate.Server.Http;

/// <summary>
/// Accepts the connections of one port, looks at the first bytes of each, and hands it to the side that speaks its
/// protocol. An HTTP/2 connection begins with a fixed preface (RFC 9113 §3.4) that is no HTTP/1.1 request; its first
/// request is looked at by <see cref="AuthorityWatchingReader"/>.
/// </summary>
internal sealed class SplitListener : IAsyncDisposable
{
    /// <summary>Connections that may wait, undecided or not yet taken by Kestrel; beyond it new ones are closed.</summary>
    private const int WaitingConnectionsMax = 4096;

    /// <summary>How long a client may take for its first bytes.</summary>
    private static readonly TimeSpan s_firstBytesTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Pause after a connection could not be accepted: whatever is short then needs a moment to come back.</summary>
    private static readonly TimeSpan s_afterFailedAccept = TimeSpan.FromMilliseconds(100);

    private static ReadOnlySpan<byte> Http2PrefaceStart => "PRI "u8;

    private readonly IConnectionListener _socket;
    private readonly RepeatedLog _repeated;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<ConnectionContext> _http1 = Channel.CreateBounded<ConnectionContext>(WaitingConnectionsMax);
    private readonly Channel<ConnectionContext> _http2 = Channel.CreateBounded<ConnectionContext>(WaitingConnectionsMax);
    private readonly Task _accepting;
    private int _waiting;
    private int _unbound;
    private int _sidesOpen = 2;

    public SplitListener(IConnectionListener socket, RepeatedLog repeated, ILogger logger)
    {
        _socket = socket;
        _repeated = repeated;
        _logger = logger;
        _accepting = AcceptAsync();
    }

    public IConnectionListener Side(SplitEndPoint side) => new SideListener(this, side);

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        await CloseUntakenAsync(_http1.Reader);
        await CloseUntakenAsync(_http2.Reader);
        await _socket.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (await AcceptOneAsync() is { } connection)
            {
                if (Interlocked.Increment(ref _waiting) > WaitingConnectionsMax)
                {
                    Interlocked.Decrement(ref _waiting);
                    connection.Abort(new ConnectionAbortedException("too many connections wait for their first bytes"));
                    await connection.DisposeAsync();
                    continue;
                }

                _ = DealAsync(connection);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The port is being closed.
        }
        finally
        {
            _http1.Writer.TryComplete();
            _http2.Writer.TryComplete();
        }
    }

    /// <summary>The next connection; null when the port is closed. What goes wrong with one connection must not end accepting.</summary>
    private async ValueTask<ConnectionContext?> AcceptOneAsync()
    {
        while (true)
        {
            try
            {
                return await _socket.AcceptAsync(_stopping.Token);
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                if (_repeated.MayLog($"accepting on {_socket.EndPoint}: {e.Message}", out long suppressed))
                {
                    ServerLog.AcceptFailed(_logger, _socket.EndPoint, e.Message, RepeatedLog.More(suppressed));
                }

                await Task.Delay(s_afterFailedAccept, _stopping.Token);
            }
        }
    }

    private async Task DealAsync(ConnectionContext connection)
    {
        bool taken = false;
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, connection.ConnectionClosed);
            timeout.CancelAfter(s_firstBytesTimeout);
            bool? isHttp2 = await BeginsWithPrefaceAsync(connection.Transport.Input, timeout.Token);
            if (isHttp2 is true)
            {
                connection.Transport = new DuplexPipe(new AuthorityWatchingReader(connection.Transport.Input), connection.Transport.Output);
            }

            taken = isHttp2 is not null && (isHttp2.Value ? _http2 : _http1).Writer.TryWrite(connection);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionResetException or ConnectionAbortedException)
        {
            ServerLog.ConnectionWithoutRequest(_logger, connection.RemoteEndPoint, e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            if (!taken)
            {
                connection.Abort();
                await connection.DisposeAsync();
            }
        }
    }

    /// <summary>Looks without consuming; null when the client closed before it said anything.</summary>
    private static async ValueTask<bool?> BeginsWithPrefaceAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> bytes = read.Buffer;
            bool? answer = bytes.Length >= Http2PrefaceStart.Length ? StartsWithPreface(bytes) : null;
            if (answer is not null || read.IsCompleted)
            {
                input.AdvanceTo(bytes.Start);
                return answer ?? (bytes.IsEmpty ? null : false);
            }

            input.AdvanceTo(bytes.Start, bytes.End);
        }
    }

    private static bool StartsWithPreface(ReadOnlySequence<byte> bytes)
    {
        Span<byte> start = stackalloc byte[Http2PrefaceStart.Length];
        bytes.Slice(0, Http2PrefaceStart.Length).CopyTo(start);
        return start.SequenceEqual(Http2PrefaceStart);
    }

    /// <summary>Connections that were dealt and that Kestrel will never ask for.</summary>
    private static async ValueTask CloseUntakenAsync(ChannelReader<ConnectionContext> connections)
    {
        while (connections.TryRead(out ConnectionContext? connection))
        {
            connection.Abort(new ConnectionAbortedException("the server is stopping"));
            await connection.DisposeAsync();
        }
    }

    private async ValueTask UnbindAsync()
    {
        if (Interlocked.Exchange(ref _unbound, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _socket.UnbindAsync();
        await _accepting;
    }

    /// <summary>What Kestrel sees of one side. Unbinding either closes the port: they stop together.</summary>
    private sealed class SideListener(SplitListener owner, SplitEndPoint side) : IConnectionListener
    {
        public EndPoint EndPoint => side;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            ChannelReader<ConnectionContext> reader = (side.IsHttp2 ? owner._http2 : owner._http1).Reader;
            return await reader.WaitToReadAsync(cancellationToken) && reader.TryRead(out ConnectionContext? connection)
                ? connection
                : null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => owner.UnbindAsync();

        public ValueTask DisposeAsync() =>
            Interlocked.Decrement(ref owner._sidesOpen) == 0 ? owner.DisposeAsync() : ValueTask.CompletedTask;
    }
}
