using Quorate.Grpc.Tests.Protos;

namespace Quorate.Grpc.Tests;

/// <summary>What a client makes of connections that fail: the call may be tried elsewhere, and whether the server did it is not known.</summary>
public sealed class BrokenConnectionTests
{
    private const byte ProtocolError = 0x1;
    private const byte InternalError = 0x2;
    private const byte RefusedStream = 0x7;
    private const byte Cancel = 0x8;
    private const byte EnhanceYourCalm = 0xb;

    [Fact]
    public async Task A_server_that_answers_no_ping_is_unavailable()
    {
        RpcException error = await CallAsync([]);

        error.StatusCode.ShouldBe(StatusCode.Unavailable);
        error.NeverProcessed.ShouldBeFalse();
    }

    [Theory]
    [InlineData(ProtocolError)]
    [InlineData(InternalError)]
    [InlineData(RefusedStream)]
    [InlineData(Cancel)]
    [InlineData(EnhanceYourCalm)]
    public async Task A_server_that_gives_the_connection_up_is_unavailable_whatever_the_reason(byte errorCode)
    {
        RpcException error = await CallAsync(RawHttp2Server.GoAway(errorCode), thenClose: true);

        error.StatusCode.ShouldBe(StatusCode.Unavailable);
        error.NeverProcessed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_breaks_the_rules_of_the_connection_is_unavailable()
    {
        // A ping has eight bytes (RFC 9113, section 6.7).
        RpcException error = await CallAsync(RawHttp2Server.Frame(type: 6, stream: 0, [1]));

        error.StatusCode.ShouldBe(StatusCode.Unavailable);
        error.NeverProcessed.ShouldBeFalse();
    }

    [Theory]
    [InlineData(ProtocolError, StatusCode.Internal)]
    [InlineData(InternalError, StatusCode.Internal)]
    [InlineData(Cancel, StatusCode.Cancelled)]
    [InlineData(EnhanceYourCalm, StatusCode.ResourceExhausted)]
    public async Task A_call_that_the_server_resets_ends_as_gRPC_says(byte errorCode, StatusCode expected)
    {
        RpcException error = await CallAsync(RawHttp2Server.ResetStream(errorCode));

        error.StatusCode.ShouldBe(expected);
        error.NeverProcessed.ShouldBeFalse();
    }

    private static async Task<RpcException> CallAsync(byte[] answer, bool thenClose = false)
    {
        await using RawHttp2Server server = RawHttp2Server.Start(answer, thenClose);
        using var channel = new GrpcChannel(server.Address, new GrpcChannelOptions
        {
            KeepAlivePingDelay = TimeSpan.FromSeconds(1),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(1),
        });
        return await Should.ThrowAsync<RpcException>(
            channel.UnaryAsync(ProberServer.Echo, new Probe()).WaitAsync(TimeSpan.FromMinutes(1)));
    }
}
