using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Runtime;
using Quorate.Server.Http;

namespace Quorate.Server.Tests.Http;

/// <summary>Kestrel behind the listener that deals connections, with pipes in place of sockets.</summary>
internal sealed class KestrelInMemory : IConnectionListenerFactory, IConnectionListenerFactorySelector, IAsyncDisposable
{
    private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>();
    private readonly ConcurrentQueue<string> _hosts = new();
    private readonly SplitListener _listener;
    private readonly WebApplication _web;

    private KestrelInMemory(Action<KestrelServerLimits> limit)
    {
        _listener = new SplitListener(new Port(_connections.Reader), new RepeatedLog(TimeSpan.FromMinutes(1)), NullLogger.Instance);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IConnectionListenerFactory>(this);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            limit(kestrel.Limits);
            kestrel.Listen(new SplitEndPoint(Port.Address, isHttp2: true), listen => listen.Protocols = HttpProtocols.Http2);
        });
        _web = builder.Build();
        _web.Run(http =>
        {
            _hosts.Enqueue(http.Request.Host.Value ?? "");
            return Task.CompletedTask;
        });
    }

    /// <summary>The authorities of the requests that were served, as the application saw them.</summary>
    public IReadOnlyCollection<string> Hosts => _hosts;

    public static async Task<KestrelInMemory> StartAsync(Action<KestrelServerLimits>? limit = null)
    {
        var kestrel = new KestrelInMemory(limit ?? (_ => { }));
        await kestrel._web.StartAsync();
        return kestrel;
    }

    public Http2TestConnection Connect()
    {
        var toServer = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var toClient = new Pipe(new PipeOptions(useSynchronizationContext: false));
        _connections.Writer.TryWrite(new Connection(
            new DuplexPipe(toServer.Reader, toClient.Writer), new DuplexPipe(toClient.Reader, toServer.Writer)));
        return new Http2TestConnection(toClient.Reader, toServer.Writer);
    }

    public bool CanBind(EndPoint endpoint) => endpoint is SplitEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_listener.Side((SplitEndPoint)endpoint));

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await _listener.DisposeAsync();
    }

    /// <summary>Aborting ends what the server receives; the base would do so on another thread, which may outlive it.</summary>
    private sealed class Connection(IDuplexPipe transport, IDuplexPipe application)
        : DefaultConnectionContext("test", transport, application)
    {
        public override void Abort(ConnectionAbortedException abortReason) => Application!.Output.Complete(abortReason);
    }

    private sealed class Port(ChannelReader<ConnectionContext> connections) : IConnectionListener
    {
        public static readonly IPEndPoint Address = new(IPAddress.Loopback, 1);

        public EndPoint EndPoint => Address;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await connections.ReadAsync(cancellationToken);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
