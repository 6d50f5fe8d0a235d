using Google.Protobuf;
using Quorate.Grpc.Tests.Protos;

namespace Quorate.Grpc.Tests;

public sealed class UnaryCallTests
{
    [Fact]
    public async Task A_request_is_answered_by_the_method_of_its_name()
    {
        await using ProberServer server = await ProberServer.StartAsync();

        Probe answer = await server.Channel.UnaryAsync(ProberServer.Echo, new Probe { Text = "hello", Number = 7 });

        answer.ShouldBe(new Probe { Text = "hello", Number = 7 });
    }

    [Fact]
    public async Task An_empty_message_travels_both_ways()
    {
        await using ProberServer server = await ProberServer.StartAsync();

        Probe answer = await server.Channel.UnaryAsync(ProberServer.Echo, new Probe());

        answer.ShouldBe(new Probe());
    }

    [Fact]
    public async Task More_calls_at_once_than_a_connection_carries_are_all_answered()
    {
        await using ProberServer server = await ProberServer.StartAsync(kestrel => kestrel.Limits.Http2.MaxStreamsPerConnection = 100);

        Probe[] answers = await Task.WhenAll(
            Enumerable.Range(0, 1_000).Select(i => server.Channel.UnaryAsync(ProberServer.Echo, new Probe { Number = i })));

        answers.Select(answer => answer.Number).ShouldBe(Enumerable.Range(0, 1_000));
    }

    [Theory]
    [InlineData(4080)]
    [InlineData(4090)]
    [InlineData(4100)]
    [InlineData(60_000)]
    public async Task A_message_of_many_buffers_arrives_whole(int bytes)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        byte[] data = new byte[bytes];
        new Random(bytes).NextBytes(data);

        Probe answer = await server.Channel.UnaryAsync(ProberServer.Echo, new Probe { Data = ByteString.CopyFrom(data) });

        answer.Data.ToByteArray().ShouldBe(data);
    }

    [Fact]
    public async Task A_raw_handler_is_given_the_bytes_as_they_came()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        var request = new Probe { Text = "as it is", Data = ByteString.CopyFrom(new byte[10_000]) };

        Probe answer = await server.Channel.UnaryAsync(ProberServer.EchoRaw, request);

        answer.Data.ShouldBe(request.ToByteString());
    }

    [Fact]
    public async Task The_handler_knows_its_call()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        DateTime deadline = DateTime.UtcNow.AddMinutes(5);

        await server.Channel.UnaryAsync(ProberServer.Echo, new Probe(), new CallOptions(new Metadata { { "token", "abc" } }, deadline));

        server.Service.Calls.TryDequeue(out ServerCallContextFacts? facts).ShouldBeTrue();
        facts!.Method.ShouldBe("/quorate.probe.Prober/Echo");
        facts.Host.ShouldBe(server.Address.Authority);
        facts.Peer.ShouldStartWith("ipv4:127.0.0.1:");
        facts.Deadline.ShouldBe(deadline, TimeSpan.FromMinutes(1));
        facts.RequestHeaders.GetValue("token").ShouldBe("abc");
        facts.RequestHeaders.ShouldNotContain(entry => entry.Key == "grpc-timeout" || entry.Key == "content-type" || entry.Key == "te");
    }

    [Fact]
    public async Task A_call_without_a_deadline_has_none()
    {
        await using ProberServer server = await ProberServer.StartAsync();

        await server.Channel.UnaryAsync(ProberServer.Echo, new Probe());

        server.Service.Calls.TryDequeue(out ServerCallContextFacts? facts).ShouldBeTrue();
        facts!.Deadline.ShouldBe(DateTime.MaxValue);
    }

    [Fact]
    public async Task An_RpcException_of_a_handler_reaches_the_client_with_its_text_and_trailers()
    {
        await using ProberServer server = await ProberServer.StartAsync();

        RpcException error = await Should.ThrowAsync<RpcException>(
            server.Channel.UnaryAsync(ProberServer.Fail, new Probe { Number = (int)StatusCode.FailedPrecondition, Text = "etcdserver: 100% größer\nzweite Zeile" }));

        error.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        error.Status.Detail.ShouldBe("etcdserver: 100% größer\nzweite Zeile");
        error.Trailers.GetValue("why").ShouldBe("because");
        error.NeverProcessed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_status_that_a_handler_sets_reaches_the_client_without_a_message()
    {
        await using ProberServer server = await ProberServer.StartAsync();

        RpcException error = await Should.ThrowAsync<RpcException>(
            server.Channel.UnaryAsync(ProberServer.Fail, new Probe { Number = (int)StatusCode.NotFound, Text = "by status" }));

        error.Status.ShouldBe(new Status(StatusCode.NotFound, "by status"));
    }

    [Fact]
    public async Task What_goes_wrong_inside_is_logged_and_not_told()
    {
        await using ProberServer server = await ProberServer.StartAsync();

        RpcException error = await Should.ThrowAsync<RpcException>(server.Channel.UnaryAsync(ProberServer.Fail, new Probe { Number = -1 }));

        error.StatusCode.ShouldBe(StatusCode.Unknown);
        error.Status.Detail.ShouldNotContain("secret");
        server.Log.Entries.ShouldContain(entry => entry.EventId == 5000 && entry.Exception is InvalidOperationException);
    }

    [Fact]
    public async Task A_method_of_the_descriptor_without_a_handler_is_unimplemented()
    {
        await using ProberServer server = await ProberServer.StartAsync();

        RpcException error = await Should.ThrowAsync<RpcException>(server.Channel.UnaryAsync(ProberServer.Missing, new Probe()));

        error.Status.ShouldBe(new Status(StatusCode.Unimplemented, "method Missing of service quorate.probe.Prober is not implemented"));
    }

    [Fact]
    public async Task Five_hundred_calls_share_one_connection()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var channel = new GrpcChannel(server.Address, new GrpcChannelOptions { EnableMultipleHttp2Connections = false });
        await channel.UnaryAsync(ProberServer.Echo, new Probe());

        Probe[] answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => channel.UnaryAsync(ProberServer.Echo, new Probe { Number = i })));

        answers.Select(answer => answer.Number).ShouldBe(Enumerable.Range(0, 500));
        server.Service.Calls.Select(call => call.Peer).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Bytes_travel_in_metadata_there_and_back()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        byte[] bytes = [0, 1, 254, 255];

        await server.Channel.UnaryAsync(ProberServer.Echo, new Probe(), new CallOptions(new Metadata { { "token-bin", bytes } }));

        server.Service.Calls.TryDequeue(out ServerCallContextFacts? facts).ShouldBeTrue();
        facts!.RequestHeaders.GetValueBytes("token-bin").ShouldBe(bytes);
    }
}
