using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Quorate.Server.Hosting;
using Quorate.Server.Http;

namespace Quorate.Server.Tests.Hosting;

public sealed class ListenAddressesTests
{
    [Fact]
    public async Task An_address_that_is_taken_is_told_alike_before_the_start_and_by_who_listens_then()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = (IPEndPoint)other.LocalEndpoint;
        var factory = new SplitListenerFactory(Options.Create(new SocketTransportOptions()), new ConnectionPlaces(1), NullLoggerFactory.Instance);

        IOException before = Should.Throw<IOException>(() => ListenAddresses.RequireUsable([taken]));
        IOException then = await Should.ThrowAsync<IOException>(async () => await factory.BindAsync(new SplitEndPoint(taken, isHttp2: true)));

        before.Message.ShouldStartWith($"cannot listen for clients on {taken}: another program uses that address");
        then.Message.ShouldBe(before.Message);
    }
}
