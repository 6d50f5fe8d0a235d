using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Quorate.Grpc.Tests.Protos;

namespace Quorate.Grpc.Tests;

/// <summary>Whatever is sent, the answer is clear and the connection serves on.</summary>
public sealed class MalformedRequestTests
{
    private static readonly byte[] Good = RawGrpcClient.Frame(new Probe { Text = "good" });

    public static TheoryData<string, byte[], StatusCode, string> Bodies() => new()
    {
        { "nothing", [], StatusCode.Internal, "without the one message" },
        { "less than a header", [0, 0, 0], StatusCode.Internal, "ended inside a message, after 3 of 5 bytes" },
        { "a message cut off", Good[..^1], StatusCode.Internal, "ended inside a message, after 5 of 6 bytes" },
        { "a header alone", [0, 0, 0, 0, 9], StatusCode.Internal, "ended inside a message, after 0 of 9 bytes" },
        { "two messages", [.. Good, .. Good], StatusCode.Internal, "more than the one message" },
        { "a message and a piece", [.. Good, 0, 0], StatusCode.Internal, "more than the one message" },
        { "no message of the type", RawGrpcClient.Frame([0xff, 0xff, 0xff]), StatusCode.Internal, "grpc: error unmarshalling request" },
        { "an unknown flag", [7, 0, 0, 0, 0], StatusCode.Internal, "grpc: received unexpected payload format 7" },
        { "compressed without saying how", RawGrpcClient.Frame(new Probe(), flag: 1), StatusCode.Internal, "grpc: compressed flag set with identity or empty encoding" },
        { "a length beyond the limit", [0, 0, 1, 0, 1], StatusCode.ResourceExhausted, "grpc: received message larger than max (65537 vs. 65536)" },
        { "a length beyond what a number holds", [0, 255, 255, 255, 255], StatusCode.ResourceExhausted, "grpc: received message larger than max (4294967295 vs. 65536)" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_is_no_request_is_refused_clearly_and_harms_no_other_call(string what, byte[] body, StatusCode status, string text)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var client = new RawGrpcClient(server.Address);

        foreach (string method in (string[])["Echo", "Count"])
        {
            RawAnswer answer = await client.CallAsync(method, body);

            answer.Status.ShouldBe(status, what);
            answer.Message.ShouldContain(text);
            answer.HttpStatus.ShouldBe(HttpStatusCode.OK);
            answer.IsTrailersOnly.ShouldBeTrue();
        }

        await client.ShouldStillServeAsync();
        server.Log.Entries.ShouldNotContain(entry => entry.EventId == 5000);
    }

    [Fact]
    public async Task A_raw_handler_does_not_see_a_request_that_is_cut_off()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var client = new RawGrpcClient(server.Address);

        (await client.CallAsync("EchoRaw", Good[..^1])).Status.ShouldBe(StatusCode.Internal);
        (await client.CallAsync("EchoRaw", Good)).Body.ShouldBe(RawGrpcClient.Frame(new Probe { Data = ByteString.CopyFrom(Good[5..]) }));
    }

    [Fact]
    public async Task A_message_of_exactly_the_limit_is_taken_and_one_byte_more_is_not()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        var request = new Probe { Data = ByteString.CopyFrom(new byte[ProberServer.ReceiveMessageBytesMax - 4]) };
        request.CalculateSize().ShouldBe(ProberServer.ReceiveMessageBytesMax);

        (await server.Channel.UnaryAsync(ProberServer.Echo, request)).ShouldBe(request);

        request.Data = ByteString.CopyFrom(new byte[ProberServer.ReceiveMessageBytesMax - 3]);
        RpcException error = await Should.ThrowAsync<RpcException>(server.Channel.UnaryAsync(ProberServer.Echo, request));
        error.Status.ShouldBe(new Status(StatusCode.ResourceExhausted, "grpc: received message larger than max (65537 vs. 65536)"));
    }

    [Fact]
    public async Task A_body_far_beyond_the_limit_is_refused_without_being_read()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        var request = new Probe { Data = ByteString.CopyFrom(new byte[20_000_000]) };

        RpcException error = await Should.ThrowAsync<RpcException>(server.Channel.UnaryAsync(ProberServer.Echo, request));

        error.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        (await server.Channel.UnaryAsync(ProberServer.Echo, new Probe { Number = 1 })).Number.ShouldBe(1);
    }

    [Fact]
    public async Task A_client_refuses_an_answer_above_its_own_limit()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var channel = new GrpcChannel(server.Address, new GrpcChannelOptions { ReceiveMessageBytesMax = 100 });

        RpcException error = await Should.ThrowAsync<RpcException>(
            channel.UnaryAsync(ProberServer.Echo, new Probe { Data = ByteString.CopyFrom(new byte[200]) }));

        error.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
    }

    [Fact]
    public async Task A_request_compressed_with_gzip_is_read()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var client = new RawGrpcClient(server.Address);
        var request = new Probe { Data = ByteString.CopyFrom(new byte[60_000]), Text = "zipped" };

        foreach (string method in (string[])["Echo", "EchoRaw"])
        {
            RawAnswer answer = await client.CallAsync(method, RawGrpcClient.Frame(Zip(request.ToByteArray()), flag: 1), ("grpc-encoding", "gzip"));

            answer.Status.ShouldBe(StatusCode.OK);
            Probe read = Probe.Parser.ParseFrom(answer.Body.AsSpan(5).ToArray());
            (method == "Echo" ? read.ToByteString() : read.Data).ShouldBe(request.ToByteString());
        }
    }

    [Fact]
    public async Task A_request_that_unpacks_to_more_than_the_limit_is_refused()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var client = new RawGrpcClient(server.Address);

        RawAnswer answer = await client.CallAsync("Echo", RawGrpcClient.Frame(Zip(new byte[30_000_000]), flag: 1), ("grpc-encoding", "gzip"));

        answer.Status.ShouldBe(StatusCode.ResourceExhausted);
    }

    [Theory]
    [InlineData("gzip", StatusCode.Internal, "failed to decompress")]
    [InlineData("snappy", StatusCode.Unimplemented, "grpc: Decompressor is not installed for grpc-encoding \"snappy\"")]
    public async Task A_compression_that_cannot_be_undone_is_refused(string encoding, StatusCode status, string text)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var client = new RawGrpcClient(server.Address);

        RawAnswer answer = await client.CallAsync("Echo", RawGrpcClient.Frame([1, 2, 3, 4, 5], flag: 1), ("grpc-encoding", encoding));

        answer.Status.ShouldBe(status);
        answer.Message.ShouldContain(text);
        await client.ShouldStillServeAsync();
    }

    [Theory]
    [InlineData("application/grpc", HttpStatusCode.OK)]
    [InlineData("application/grpc+proto", HttpStatusCode.OK)]
    [InlineData("application/grpc; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("application/grpc+json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(null, HttpStatusCode.UnsupportedMediaType)]
    public async Task Only_gRPC_with_protobuf_is_spoken(string? contentType, HttpStatusCode expected)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var client = new RawGrpcClient(server.Address);

        RawAnswer answer = await client.SendAsync(HttpMethod.Post, "/quorate.probe.Prober/Echo", Good, contentType);

        answer.HttpStatus.ShouldBe(expected);
    }

    [Fact]
    public async Task Another_verb_than_POST_is_not_allowed()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var client = new RawGrpcClient(server.Address);

        RawAnswer answer = await client.SendAsync(HttpMethod.Put, "/quorate.probe.Prober/Echo", Good, "application/grpc");

        answer.HttpStatus.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData("/quorate.probe.Prober/Nothing", "unknown method Nothing for service quorate.probe.Prober")]
    [InlineData("/nobody.Knows/This", "unknown service nobody.Knows")]
    public async Task What_is_not_served_is_unimplemented_in_the_headers_alone(string path, string text)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var client = new RawGrpcClient(server.Address);

        RawAnswer answer = await client.SendAsync(HttpMethod.Post, path, Good, "application/grpc");

        answer.Status.ShouldBe(StatusCode.Unimplemented);
        answer.Message.ShouldBe(text);
        answer.IsTrailersOnly.ShouldBeTrue();
        answer.Body.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_timeout_that_is_none_is_refused_by_name()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var client = new RawGrpcClient(server.Address);

        RawAnswer answer = await client.CallAsync("Echo", Good, ("grpc-timeout", "soon"));

        answer.Status.ShouldBe(StatusCode.Internal);
        answer.Message.ShouldBe("malformed grpc-timeout: soon");
    }

    [Fact]
    public async Task Garbage_on_the_port_ends_its_own_connection_only()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var client = new RawGrpcClient(server.Address);
        await client.ShouldStillServeAsync();

        byte[] garbage = new byte[4096];
        new Random(1).NextBytes(garbage);
        using (var socket = new TcpClient(server.Address.Host, server.Address.Port))
        {
            NetworkStream stream = socket.GetStream();
            await stream.WriteAsync(garbage);
            try
            {
                // What the server says to it does not matter; that it closes the connection does.
                while (await stream.ReadAsync(garbage) > 0)
                {
                }
            }
            catch (IOException)
            {
            }
        }

        await client.ShouldStillServeAsync();
    }

    private static byte[] Zip(byte[] plain)
    {
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return zipped.ToArray();
    }
}
