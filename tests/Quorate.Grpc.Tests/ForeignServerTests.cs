using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quorate.Grpc.Tests.Protos;

namespace Quorate.Grpc.Tests;

/// <summary>What a client makes of servers that do not answer as ours does.</summary>
public sealed class ForeignServerTests
{
    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(302, StatusCode.Unknown)]
    public async Task An_HTTP_error_becomes_a_status(int httpStatus, StatusCode expected)
    {
        RpcException error = await CallAsync(http =>
        {
            http.Response.StatusCode = httpStatus;
            return Task.CompletedTask;
        });

        error.StatusCode.ShouldBe(expected);
        error.Status.Detail.ShouldContain($"{httpStatus}");
        error.NeverProcessed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_page_is_no_answer()
    {
        RpcException error = await CallAsync(http => http.Response.WriteAsync("<html>"));

        error.StatusCode.ShouldBe(StatusCode.Unknown);
        error.Status.Detail.ShouldContain("not gRPC");
    }

    [Fact]
    public async Task A_call_that_ends_without_a_status_has_not_succeeded()
    {
        RpcException error = await CallAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(RawGrpcClient.Frame(new Probe()));
        });

        error.Status.ShouldBe(new Status(StatusCode.Internal, "The server ended the call without a status."));
    }

    [Theory]
    [InlineData("99", StatusCode.Unknown)]
    [InlineData("-1", StatusCode.Unknown)]
    [InlineData("good", StatusCode.Unknown)]
    [InlineData("5", StatusCode.NotFound)]
    public async Task A_status_that_is_none_is_unknown(string status, StatusCode expected)
    {
        RpcException error = await CallAsync(http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-status"] = status;
            http.Response.Headers["grpc-message"] = "50%25 %gone %C3%A4";
            return Task.CompletedTask;
        });

        error.StatusCode.ShouldBe(expected);
        error.Status.Detail.ShouldEndWith("50% %gone ä");
    }

    [Fact]
    public async Task An_OK_without_the_message_of_a_unary_call_is_an_error()
    {
        RpcException error = await CallAsync(http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.AppendTrailer("grpc-status", "0");
            return Task.CompletedTask;
        });

        error.StatusCode.ShouldBe(StatusCode.Internal);
    }

    [Fact]
    public async Task Two_messages_for_a_unary_call_are_an_error()
    {
        RpcException error = await CallAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.AppendTrailer("grpc-status", "0");
            await http.Response.Body.WriteAsync((byte[])[.. RawGrpcClient.Frame(new Probe()), .. RawGrpcClient.Frame(new Probe())]);
        });

        error.StatusCode.ShouldBe(StatusCode.Internal);
    }

    [Fact]
    public async Task A_stream_that_the_server_refuses_unread_was_never_processed()
    {
        const int RefusedStream = 7;

        RpcException error = await CallAsync(http =>
        {
            http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResetFeature>()!.Reset(RefusedStream);
            return Task.CompletedTask;
        });

        error.StatusCode.ShouldBe(StatusCode.Unavailable);
        error.NeverProcessed.ShouldBeTrue();
    }

    private static async Task<RpcException> CallAsync(RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        await using WebApplication application = builder.Build();
        application.Run(answer);
        await application.StartAsync();
        string address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var channel = new GrpcChannel(new Uri(address));
        return await Should.ThrowAsync<RpcException>(channel.UnaryAsync(ProberServer.Echo, new Probe()));
    }
}
