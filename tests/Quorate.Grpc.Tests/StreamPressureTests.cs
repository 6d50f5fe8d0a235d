using Google.Protobuf;
using Quorate.Grpc.Tests.Protos;

namespace Quorate.Grpc.Tests;

/// <summary>Streams whose other side does not do its part, and many at once.</summary>
public sealed class StreamPressureTests
{
    [Fact]
    public async Task A_client_that_does_not_read_holds_its_handler_up_and_nobody_else()
    {
        await using ProberServer server = await StartAsync();
        using AsyncServerStreamingCall<Probe> silent = server.Channel.ServerStreaming(ProberServer.Flood, new Probe { Data = ByteString.CopyFrom(new byte[16 << 10]) });
        await silent.ResponseHeadersAsync;

        await server.Service.FloodStuckAsync();
        for (int i = 0; i < 20; i++)
        {
            (await server.Channel.UnaryAsync(ProberServer.Echo, new Probe { Number = i })).Number.ShouldBe(i);
        }

        // What lies on the way is bounded by windows and buffers, each far below this.
        int written = server.Service.FloodWritten;
        (written * (16L << 10)).ShouldBeLessThan(16 << 20);

        // Reading lets it go on from where it was.
        for (int i = 1; i <= written + 10; i++)
        {
            (await silent.ResponseStream.MoveNext(default)).ShouldBeTrue();
            silent.ResponseStream.Current.Number.ShouldBe(i);
        }
    }

    [Fact]
    public async Task A_handler_that_waits_for_room_hears_at_once_that_its_client_has_left()
    {
        await using ProberServer server = await StartAsync();
        AsyncServerStreamingCall<Probe> silent = server.Channel.ServerStreaming(ProberServer.Flood, new Probe { Data = ByteString.CopyFrom(new byte[16 << 10]) });
        await silent.ResponseHeadersAsync;
        await server.Service.FloodStuckAsync();

        silent.Dispose();

        (await server.Service.FloodEnded.Task).ShouldBeAssignableTo<OperationCanceledException>();
    }

    [Fact]
    public async Task A_deadline_ends_a_handler_that_waits_for_room()
    {
        await using ProberServer server = await StartAsync();
        using AsyncServerStreamingCall<Probe> silent = server.Channel.ServerStreaming(
            ProberServer.Flood, new Probe { Data = ByteString.CopyFrom(new byte[16 << 10]) }, new CallOptions(Deadline: DateTime.UtcNow.AddSeconds(2)));

        Exception ended = await server.Service.FloodEnded.Task;
        (ended is OperationCanceledException or RpcException { StatusCode: StatusCode.DeadlineExceeded }).ShouldBeTrue(ended.ToString());
    }

    [Fact]
    public async Task A_deadline_ends_a_duplex_call_that_waits_for_its_client()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncDuplexStreamingCall<Probe, Probe> call = server.Channel.Duplex(ProberServer.Twice, new CallOptions(Deadline: DateTime.UtcNow.AddMilliseconds(500)));

        RpcException error = await Should.ThrowAsync<RpcException>(call.ResponseStream.MoveNext(default));

        error.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        (await server.Channel.UnaryAsync(ProberServer.Echo, new Probe { Number = 1 })).Number.ShouldBe(1);
    }

    [Fact]
    public async Task A_client_that_has_said_all_still_hears_answers()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncDuplexStreamingCall<Probe, Probe> call = server.Channel.Duplex(ProberServer.AnswerAfterEnd);
        await call.RequestStream.WriteAsync(new Probe { Number = 1 });
        await call.RequestStream.CompleteAsync();

        for (int i = 1; i <= 3; i++)
        {
            (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
            call.ResponseStream.Current.Number.ShouldBe(i);
        }

        call.Dispose();
        await server.Service.HangCancelled.Task;
    }

    [Fact]
    public async Task Hundreds_of_streams_live_side_by_side_on_one_connection()
    {
        const int Streams = 300;
        await using ProberServer server = await ProberServer.StartAsync();
        List<AsyncDuplexStreamingCall<Probe, Probe>> calls = [];
        for (int i = 0; i < Streams; i++)
        {
            AsyncDuplexStreamingCall<Probe, Probe> call = server.Channel.Duplex(ProberServer.Twice);
            calls.Add(call);
            await call.RequestStream.WriteAsync(new Probe { Number = i });
        }

        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < Streams; i++)
            {
                (await calls[i].ResponseStream.MoveNext(default)).ShouldBeTrue();
                calls[i].ResponseStream.Current.Number.ShouldBe(2 * i);
                await calls[i].RequestStream.WriteAsync(new Probe { Number = i });
            }
        }

        (await server.Channel.UnaryAsync(ProberServer.Echo, new Probe { Number = 1 })).Number.ShouldBe(1);
        calls.ForEach(call => call.Dispose());
    }

    /// <summary>A client may be as slow as it likes.</summary>
    private static Task<ProberServer> StartAsync() =>
        ProberServer.StartAsync(kestrel => kestrel.Limits.MinResponseDataRate = null);
}
