using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Runtime;
using Quorate.Server.Http;

namespace Quorate.Server.Tests.Http;

public sealed class SplitListenerTests : IAsyncDisposable
{
    private static readonly IPEndPoint Address = new(IPAddress.Loopback, 1);

    private readonly FakeSocket _socket = new();

    public ValueTask DisposeAsync() => _socket.DisposeAsync();

    [Fact]
    public async Task Each_connection_goes_to_the_side_that_speaks_its_protocol_with_all_its_bytes()
    {
        await using var listener = new SplitListener(_socket, new RepeatedLog(TimeSpan.FromMinutes(1)), NullLogger.Instance);
        FakeConnection http2 = _socket.Connect("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        FakeConnection http1 = _socket.Connect("GET / HTTP/1.1\r\n");

        (await Http1(listener).AcceptAsync()).ShouldBe(http1);
        (await Http2(listener).AcceptAsync()).ShouldBe(http2);
        ReadResult read = await http2.Transport.Input.ReadAsync();
        Encoding.ASCII.GetString(read.Buffer).ShouldStartWith("PRI * HTTP/2.0");
    }

    [Fact]
    public async Task A_connection_that_cannot_be_accepted_does_not_end_accepting()
    {
        await using var listener = new SplitListener(_socket, new RepeatedLog(TimeSpan.FromMinutes(1)), NullLogger.Instance);
        _socket.Fail(new SocketException((int)SocketError.TooManyOpenSockets));
        _socket.Fail(new IOException("something else"));

        FakeConnection next = _socket.Connect("GET / HTTP/1.1\r\n");

        (await Http1(listener).AcceptAsync()).ShouldBe(next);
    }

    [Fact]
    public async Task A_connection_that_says_nothing_is_let_go_of()
    {
        await using var listener = new SplitListener(_socket, new RepeatedLog(TimeSpan.FromMinutes(1)), NullLogger.Instance);

        FakeConnection silent = _socket.Connect(string.Empty, isComplete: true);

        await silent.Disposed;
    }

    [Fact]
    public async Task Connections_that_nobody_took_are_closed_with_the_port()
    {
        var listener = new SplitListener(_socket, new RepeatedLog(TimeSpan.FromMinutes(1)), NullLogger.Instance);
        FakeConnection taken = _socket.Connect("GET / HTTP/1.1\r\n");
        (await Http1(listener).AcceptAsync()).ShouldBe(taken);
        FakeConnection untaken = _socket.Connect("GET / HTTP/1.1\r\n");

        await listener.DisposeAsync();

        await untaken.Disposed;
        taken.Disposed.IsCompleted.ShouldBeFalse();
        (await Http1(listener).AcceptAsync()).ShouldBeNull();
    }

    private static IConnectionListener Http1(SplitListener listener) => listener.Side(new SplitEndPoint(Address, isHttp2: false));

    private static IConnectionListener Http2(SplitListener listener) => listener.Side(new SplitEndPoint(Address, isHttp2: true));

    private sealed class FakeSocket : IConnectionListener
    {
        private readonly Channel<object> _next = Channel.CreateUnbounded<object>();

        public EndPoint EndPoint => Address;

        public FakeConnection Connect(string bytes, bool isComplete = false)
        {
            var connection = new FakeConnection(bytes, isComplete);
            _next.Writer.TryWrite(connection);
            return connection;
        }

        public void Fail(Exception exception) => _next.Writer.TryWrite(exception);

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await _next.Reader.ReadAsync(cancellationToken) switch
            {
                Exception exception => throw exception,
                var connection => (ConnectionContext)connection,
            };

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        /// <summary>As with a socket, connections that were not accepted end with it.</summary>
        public async ValueTask DisposeAsync()
        {
            while (_next.Reader.TryRead(out object? next))
            {
                if (next is FakeConnection connection)
                {
                    await connection.DisposeAsync();
                }
            }
        }
    }

    private sealed class FakeConnection : DefaultConnectionContext
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public FakeConnection(string bytes, bool isComplete)
        {
            var input = new Pipe();
            input.Writer.WriteAsync(Encoding.ASCII.GetBytes(bytes)).AsTask().GetAwaiter().GetResult();
            if (isComplete)
            {
                input.Writer.Complete();
            }

            Transport = new Duplex(input.Reader, new Pipe().Writer);
        }

        public Task Disposed => _disposed.Task;

        /// <summary>The base's cancels on another thread, by then on a source that may be disposed; a socket's does not.</summary>
        public override void Abort(ConnectionAbortedException abortReason)
        {
        }

        public override ValueTask DisposeAsync()
        {
            _disposed.TrySetResult();
            return base.DisposeAsync();
        }
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
