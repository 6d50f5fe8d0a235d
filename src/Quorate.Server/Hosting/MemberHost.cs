using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;
using Quorate.Grpc.Health;
using Quorate.Runtime;
using Quorate.Server.CommandLine;
using Quorate.Server.Configuration;
using Quorate.Server.Coordination;
using Quorate.Server.Http;
using Quorate.Server.Metrics;
using Quorate.Server.Services;
using Quorate.Server.Watches;
using Quorate.Storage;

namespace Quorate.Server.Hosting;

/// <summary>Runs one member: the replica, and in front of it gRPC, metrics and health. The composition root.</summary>
internal sealed class MemberHost : IAsyncDisposable
{
    /// <summary>gRPC's messages are larger than the request that the limit is about, by what surrounds it.</summary>
    private const int MessageOverheadBytes = 512 << 10;

    private static readonly TimeSpan s_betweenPublications = TimeSpan.FromMilliseconds(200);

    /// <summary>From one look at whether the member has caught up to the next.</summary>
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a client of an answer in parts may take none: it holds the state that they are made of.</summary>
    private static readonly TimeSpan s_streamStallMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(5);

    private readonly ServerSettings _settings;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly MetricsCollector _metrics = new(meter => meter.Name.StartsWith("Quorate.", StringComparison.Ordinal));
    private readonly EtcdStateMachine _state = new();
    private readonly GrpcHealth _health = new();
    private QuorateHost? _replica;
    private WebApplication? _web;
    private ServerMetrics? _serverMetrics;
    private WatchLoop? _watchLoop;

    private MemberHost(ServerSettings settings)
    {
        _settings = settings;
        _loggers = LoggerFactory.Create(Configure);
        _logger = _loggers.CreateLogger<MemberHost>();
    }

    /// <summary>Runs a member until it is cancelled or fails; returns the program's exit code.</summary>
    public static async Task<int> RunAsync(ServerSettings settings, bool stopWithInput, CancellationToken cancellationToken)
    {
        await using var host = new MemberHost(settings);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (stopWithInput)
        {
            _ = StopWithInputAsync(stopping);
        }

        try
        {
            return await host.RunAsync(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or UnauthorizedAccessException or SocketException)
        {
            string reason = e is DataFolderException { Problem: DataFolderProblem.OtherCluster or DataFolderProblem.OtherMember }
                ? FoundingSettings.Explain(settings, e.Message)
                : e.Message;
            if (settings.LogsAsJson)
            {
                ServerLog.CannotStart(host._logger, settings.Name, settings.DataFolder, reason);
                return ExitCode.Failed;
            }

            return Terminal.Fail(ExitCode.Failed, $"member {settings.Name} cannot run on data folder '{Path.GetFullPath(settings.DataFolder)}': {reason}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        if (_replica is not null)
        {
            await _replica.DisposeAsync();
        }

        _watchLoop?.Dispose();
        _serverMetrics?.Dispose();
        _metrics.Dispose();
        _loggers.Dispose();
    }

    private async Task<int> RunAsync(CancellationToken stopping)
    {
        ServerLog.Starting(_logger, ServerVersion.Text, _settings.Name, _settings.DataFolder);
        QuorateOptions options = ReplicaSettings.From(_settings, MessageBytesMax);
        List<System.Net.IPEndPoint> clientAddresses = await AddressesAsync(_settings.ListenClientUrls, stopping);
        ListenAddresses.RequireUsable(clientAddresses);
        _replica = await QuorateHost.StartAsync(options, _state, _loggers, stopping);
        FoundingSettings.Keep(_settings);
        EtcdOptions frontOptions = ReplicaSettings.FrontOptions(_settings, options);
        var front = new EtcdFront(
            _replica, _state, frontOptions, new WatchGate(), new AlarmLog(_logger, _settings.Name, frontOptions.Members));
        _watchLoop = new WatchLoop(front.Watches, _logger);
        _watchLoop.Start();
        var connections = new ConnectionPlaces(ConnectionsMax());
        _serverMetrics = new ServerMetrics(
            _state, front.Watches, _settings.QuotaBytes, frontOptions.Members, connections, () => _replica.Status);
        _web = BuildWeb(front, clientAddresses, connections);
        await _web.StartAsync(stopping);

        using var stopReporting = new CancellationTokenSource();
        Task reporting = HealthReporter.RunAsync(_replica, _health, stopReporting.Token);
        Task ended = await Task.WhenAny(ServeAsync(front, stopping), _replica.Failed, _watchLoop.Failed);

        // Before anything is closed, so that probes send clients elsewhere.
        await stopReporting.CancelAsync();
        await reporting;
        if (ended is Task<string> failed)
        {
            return Terminal.Fail(ExitCode.Failed, $"member {_settings.Name} has stopped for good: {await failed}");
        }

        using var patience = new CancellationTokenSource(s_stopPatience);
        await _web.StopAsync(patience.Token);
        await _replica.StopAsync();
        ServerLog.Stopped(_logger, _settings.Name);
        if (!stopping.IsCancellationRequested)
        {
            // Nobody told it to stop: it ended in a fault, which is not to pass for success.
            await ended;
        }

        return _replica.Failed.IsCompleted
            ? Terminal.Fail(ExitCode.Failed, $"member {_settings.Name} failed while it stopped: {await _replica.Failed}")
            : ExitCode.Success;
    }

    /// <summary>Tells the cluster where clients find this member, says that it is ready, and waits to be stopped.</summary>
    private async Task ServeAsync(EtcdFront front, CancellationToken stopping)
    {
        await _replica!.WaitForLeaderAsync(stopping);
        string[] clientUrls = [.. _settings.AdvertiseClientUrls.Select(url => url.ToString())];
        while (!front.Cluster.HasPublished(_settings.Name, clientUrls))
        {
            var publication = new Publication();
            front.Cluster.PublishAttributes(_settings.Name, clientUrls, publication);
            if (await publication.Outcome.WaitAsync(stopping) is { } error)
            {
                ServerLog.NotPublished(_logger, _settings.Name, error.Text);
                await Task.Delay(s_betweenPublications, stopping);
            }
        }

        while (!_replica.Status.HasCaughtUp)
        {
            await Task.Delay(s_betweenLooks, stopping);
        }

        ServerLog.Ready(_logger, _settings.Name, _replica.Id);
        Console.WriteLine($"ready: member {_settings.Name} ({_replica.Id}) serves clients at {string.Join(',', clientUrls)}");
        await Task.Delay(Timeout.Infinite, stopping);
    }

    private static async Task<List<System.Net.IPEndPoint>> AddressesAsync(IEnumerable<MemberUrl> urls, CancellationToken cancellationToken)
    {
        List<System.Net.IPEndPoint> addresses = [];
        foreach (MemberUrl url in urls)
        {
            addresses.AddRange(await ListenAddresses.ResolveAsync(url, cancellationToken));
        }

        return addresses;
    }

    private WebApplication BuildWeb(EtcdFront front, List<System.Net.IPEndPoint> addresses, ConnectionPlaces connections)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(_loggers);
        builder.Services.AddSingleton(connections);
        builder.Services.AddSingleton<IConnectionListenerFactory, SplitListenerFactory>();
        builder.Services.AddSingleton<IHostLifetime, ManualLifetime>();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<GrpcServerMetrics>();
        builder.Services.Configure<GrpcServerOptions>(grpc => grpc.ReceiveMessageBytesMax = MessageBytesMax);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            ServerLimits.Apply(kestrel.Limits);
            foreach (System.Net.IPEndPoint address in addresses)
            {
                kestrel.Listen(new SplitEndPoint(address, isHttp2: true), listen => listen.Protocols = HttpProtocols.Http2);
                kestrel.Listen(new SplitEndPoint(address, isHttp2: false), listen => listen.Protocols = HttpProtocols.Http1);
            }
        });

        WebApplication web = builder.Build();
        var browsers = new BrowserAccess(_settings.CorsOrigins);
        web.Use(browsers.InvokeAsync);
        web.UseRouting();
        Map(web, front);
        return web;
    }

    private void Map(WebApplication web, EtcdFront front)
    {
        web.MapGrpcService(EtcdServices.KeyValue, new KeyValueService(front.KeyValue, s_streamStallMax));
        web.MapGrpcService(EtcdServices.Cluster, new ClusterService(front.Cluster));
        web.MapGrpcService(EtcdServices.Maintenance, new MaintenanceService(front.Maintenance, s_streamStallMax));
        web.MapGrpcService(EtcdServices.Auth, new AuthService(front.Auth));
        var watch = new WatchService(
            front.Watches, _watchLoop!.Turns, _replica!, 3 * _settings.ElectionTimeout, web.Lifetime.ApplicationStopping);
        web.MapDuplexEncoded<WatchRequest>(EtcdServices.Watch.FindMethodByName("Watch"), watch.Watch);
        web.MapGrpcService(EtcdServices.Lease, new LeaseService(front.Lease));
        var calls = new MemberCalls(front);
        var lines = new WaitingLines(calls, web.Lifetime.ApplicationStopping);
        web.MapGrpcService(EtcdServices.Lock, new LockService(calls, lines));
        web.MapGrpcService(EtcdServices.Election, new ElectionService(calls, lines, web.Lifetime.ApplicationStopping));
        web.MapGrpcHealth(_health);
        web.MapGrpcReflection();
        web.MapGrpcUnknownServices();

        // After all services: it answers for those that are mapped.
        web.MapGrpcJson(EtcdJsonRoutes.Prefix, EtcdJsonRoutes.All);
        HealthEndpoints.Map(web, front, () => _replica!.Status);
        web.MapRead("/metrics", async http =>
        {
            http.Response.ContentType = PrometheusText.ContentType;
            await http.Response.WriteAsync(_metrics.Write(), http.RequestAborted);
        });
    }

    private int ConnectionsMax()
    {
        long? limit = DescriptorLimit.Ask();
        int connections = DescriptorLimit.ConnectionsMax(limit);
        if (connections < ServerLimits.ConnectionsMax)
        {
            ServerLog.ConnectionsLimited(_logger, connections, limit ?? 0, ServerLimits.ConnectionsMax);
        }

        return connections;
    }

    private int MessageBytesMax => _settings.RequestBytesMax + MessageOverheadBytes;

    private void Configure(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(_settings.LogLevel);
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // It would begin a trace of every call for a log that nobody sees. What fails in a call is logged by others.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // What fails while the web host starts ends the program with a message of its own.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (_settings.LogsAsJson)
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            logging.AddSimpleConsole(text =>
            {
                text.SingleLine = true;
                text.UseUtcTimestamp = true;
                text.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                text.ColorBehavior = Console.IsErrorRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
            });
        }

        logging.Services.Configure<ConsoleLoggerOptions>(console =>
        {
            // Standard output is for the ready line.
            console.LogToStandardErrorThreshold = LogLevel.Trace;

            // Where nobody reads standard error, a line that waited for room would hold up the replica. What is dropped is
            // told by number once there is room.
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
    }

    private static async Task StopWithInputAsync(CancellationTokenSource stopping)
    {
        try
        {
            await using Stream input = Console.OpenStandardInput();
            byte[] ignored = new byte[64];
            while (await input.ReadAsync(ignored) > 0)
            {
                // Whatever is said, only the end counts.
            }

            await stopping.CancelAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Standard input broke, which is an end as well; or the member has ended before it.
            if (e is IOException)
            {
                await stopping.CancelAsync();
            }
        }
    }

    private sealed class Publication : EtcdCall<MemberListResponse>
    {
        private readonly TaskCompletionSource<EtcdError?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<EtcdError?> Outcome => _outcome.Task;

        protected override void Succeeded(MemberListResponse response) => _outcome.TrySetResult(null);

        protected override void Failed(EtcdError error) => _outcome.TrySetResult(error);
    }
}
