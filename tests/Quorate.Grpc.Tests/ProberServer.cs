using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quorate.Grpc.Json;
using Quorate.Grpc.Tests.Protos;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Quorate.Grpc.Tests;

/// <summary>A server on a free port of the loopback, and a channel to it.</summary>
public sealed class ProberServer : IAsyncDisposable
{
    public const int ReceiveMessageBytesMax = 64 * 1024;

    public static readonly ServiceDescriptor Descriptor = ProbeReflection.Descriptor.Services[0];
    public static readonly Method<Probe, Probe> Echo = MethodOf("Echo");
    public static readonly Method<Probe, Probe> EchoRaw = MethodOf("EchoRaw");
    public static readonly Method<Probe, Probe> Fail = MethodOf("Fail");
    public static readonly Method<Probe, Probe> Hang = MethodOf("Hang");
    public static readonly Method<Probe, Probe> Ignore = MethodOf("Ignore");
    public static readonly Method<Probe, Probe> Count = MethodOf("Count");
    public static readonly Method<Probe, Probe> Sum = MethodOf("Sum");
    public static readonly Method<Probe, Probe> Twice = MethodOf("Twice");
    public static readonly Method<Probe, Probe> TwiceEncoded = MethodOf("TwiceEncoded");
    public static readonly Method<Probe, Probe> Flood = MethodOf("Flood");
    public static readonly Method<Probe, Probe> AnswerAfterEnd = MethodOf("AnswerAfterEnd");
    public static readonly Method<Probe, Probe> Missing = MethodOf("Missing");

    private readonly WebApplication application;

    private ProberServer(WebApplication application, ProberService service, Uri address, Uri http1Address)
    {
        this.application = application;
        Service = service;
        Address = address;
        Http1Address = http1Address;
        Channel = new GrpcChannel(address);
    }

    public ProberService Service { get; }

    public Uri Address { get; }

    /// <summary>The same services, for clients that speak HTTP/1.1.</summary>
    public Uri Http1Address { get; }

    public static IEnumerable<JsonRoute> JsonRoutes => Descriptor.Methods.Select(method => new JsonRoute("/probe/" + method.Name.ToLowerInvariant(), method));

    public GrpcChannel Channel { get; }

    public RecordingLoggerProvider Log => (RecordingLoggerProvider)application.Services.GetRequiredService<ILoggerProvider>();

    public static async Task<ProberServer> StartAsync(Action<KestrelServerOptions>? configure = null, Action<WebApplication>? map = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider>(new RecordingLoggerProvider());
        builder.Services.Configure<GrpcServerOptions>(options => options.ReceiveMessageBytesMax = ReceiveMessageBytesMax);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            configure?.Invoke(kestrel);
        });
        WebApplication application = builder.Build();
        var service = new ProberService();
        application.MapDuplexEncoded<Probe>(Descriptor.FindMethodByName("TwiceEncoded"), ProberService.TwiceEncodedAsync);
        application.MapGrpcService(Descriptor, service);
        map?.Invoke(application);
        application.MapGrpcUnknownServices();
        application.MapGrpcJson("/probe", JsonRoutes);
        await application.StartAsync();
        string[] addresses = [.. application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        return new ProberServer(application, service, new Uri(addresses[0]), new Uri(addresses[1]));
    }

    public Task StopAsync() => application.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Service.IgnoreMayEnd.TrySetResult();
        Channel.Dispose();
        await application.DisposeAsync();
    }

    private static Method<Probe, Probe> MethodOf(string name) => new(Descriptor.FindMethodByName(name));
}
