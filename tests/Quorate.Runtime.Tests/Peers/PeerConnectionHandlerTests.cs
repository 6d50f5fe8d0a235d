using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Quorate.Runtime.Tests.Peers;

/// <summary>A web server may take the connections of peers on an endpoint of its own.</summary>
public sealed class PeerConnectionHandlerTests
{
    [Fact]
    public async Task Frames_arrive_through_an_endpoint_of_Kestrel()
    {
        var received = new ReceivedFrames();
        await using var network = new TcpPeerNetwork(PeerEnd.Options(2), [], new CapturedLogs());
        network.Start(received);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(network);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, endPoint => endPoint.UseConnectionHandler<PeerConnectionHandler>()));
        await using WebApplication web = builder.Build();
        await web.StartAsync();
        string address = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await using PeerEnd a = await PeerEnd.StartAsync(PeerEnd.Options(1));
        await a.DialAsync(2, new Uri(address).Port);
        a.Send(2, "through Kestrel");
        await Patience.UntilAsync(() => received.Count == 1, "the frame has arrived");
        received.Texts.ShouldBe(["through Kestrel"]);
        await network.DisposeAsync();
        await web.StopAsync();
    }
}
