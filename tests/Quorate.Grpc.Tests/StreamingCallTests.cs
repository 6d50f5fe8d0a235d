using Google.Protobuf;
using Quorate.Grpc.Tests.Protos;

namespace Quorate.Grpc.Tests;

public sealed class StreamingCallTests
{
    [Fact]
    public async Task A_server_streams_many_answers_and_a_status()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncServerStreamingCall<Probe> call = server.Channel.ServerStreaming(ProberServer.Count, new Probe { Number = 100 });

        List<int> numbers = await NumbersOf(call.ResponseStream);

        numbers.ShouldBe(Enumerable.Range(1, 100));
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
    }

    [Fact]
    public async Task A_server_stream_may_be_empty()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncServerStreamingCall<Probe> call = server.Channel.ServerStreaming(ProberServer.Count, new Probe());

        (await NumbersOf(call.ResponseStream)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_error_after_answers_comes_after_them()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncServerStreamingCall<Probe> call = server.Channel.ServerStreaming(ProberServer.Count, new Probe { Number = 2, Text = "then fail" });

        (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
        (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
        RpcException error = await Should.ThrowAsync<RpcException>(call.ResponseStream.MoveNext(default));

        error.Status.ShouldBe(new Status(StatusCode.DataLoss, "after the messages"));
        call.GetStatus().StatusCode.ShouldBe(StatusCode.DataLoss);
    }

    [Fact]
    public async Task Answers_of_more_than_the_windows_hold_wait_for_the_reader_and_arrive_whole()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        var request = new Probe { Number = 300, Data = ByteString.CopyFrom(new byte[50_000]) };
        using AsyncServerStreamingCall<Probe> call = server.Channel.ServerStreaming(ProberServer.Count, request);

        int count = 0;
        await foreach (Probe answer in call.ResponseStream.ReadAllAsync())
        {
            answer.Data.Length.ShouldBe(50_000);
            answer.Number.ShouldBe(++count);
        }

        count.ShouldBe(300);
    }

    [Fact]
    public async Task A_client_streams_many_requests_and_gets_one_answer()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncClientStreamingCall<Probe, Probe> call = server.Channel.ClientStreaming(ProberServer.Sum);

        for (int i = 1; i <= 100; i++)
        {
            await call.RequestStream.WriteAsync(new Probe { Number = i, Data = ByteString.CopyFrom(new byte[i * 100]) });
        }

        await call.RequestStream.CompleteAsync();
        (await call.ResponseAsync).Number.ShouldBe(5050);
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
    }

    [Fact]
    public async Task A_client_stream_may_be_empty()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncClientStreamingCall<Probe, Probe> call = server.Channel.ClientStreaming(ProberServer.Sum);

        await call.RequestStream.CompleteAsync();

        (await call.ResponseAsync).Number.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_may_answer_before_the_client_has_ended_its_stream()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncClientStreamingCall<Probe, Probe> call = server.Channel.ClientStreaming(ProberServer.Sum);

        await call.RequestStream.WriteAsync(new Probe { Number = 5 });
        await call.RequestStream.WriteAsync(new Probe { Text = "enough" });

        (await call.ResponseAsync).Number.ShouldBe(5);
    }

    [Fact]
    public async Task A_handler_may_encode_its_responses_itself_and_send_several_at_once()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncDuplexStreamingCall<Probe, Probe> call = server.Channel.Duplex(ProberServer.TwiceEncoded);
        for (int i = 1; i <= 3; i++)
        {
            await call.RequestStream.WriteAsync(new Probe { Number = i, Data = ByteString.CopyFrom(new byte[i * 20_000]) });
            for (int answer = 0; answer < 2; answer++)
            {
                (await call.ResponseStream.MoveNext(CancellationToken.None)).ShouldBeTrue();
                call.ResponseStream.Current.Number.ShouldBe(2 * i);
                call.ResponseStream.Current.Data.Length.ShouldBe(i * 20_000);
            }
        }

        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.MoveNext(CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Both_sides_stream_and_each_answer_may_be_awaited_before_the_next_request()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncDuplexStreamingCall<Probe, Probe> call = server.Channel.Duplex(ProberServer.Twice);
        (await call.ResponseHeadersAsync).GetValue("greeting").ShouldBe("hello");

        for (int i = 1; i <= 50; i++)
        {
            await call.RequestStream.WriteAsync(new Probe { Number = i });
            (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
            call.ResponseStream.Current.Number.ShouldBe(2 * i);
        }

        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.MoveNext(default)).ShouldBeFalse();
        call.GetStatus().ShouldBe(Status.DefaultSuccess);
        call.GetTrailers().GetValue("farewell").ShouldBe("bye");
    }

    [Fact]
    public async Task A_message_above_the_limit_ends_a_stream_after_the_messages_before_it()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncDuplexStreamingCall<Probe, Probe> call = server.Channel.Duplex(ProberServer.Twice);

        await call.RequestStream.WriteAsync(new Probe { Number = 1 });
        (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
        try
        {
            await call.RequestStream.WriteAsync(new Probe { Data = ByteString.CopyFrom(new byte[ProberServer.ReceiveMessageBytesMax]) });
        }
        catch (RpcException early)
        {
            // The server may be quicker than the rest of the message.
            early.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        }

        RpcException error = await Should.ThrowAsync<RpcException>(call.ResponseStream.MoveNext(default));

        error.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
    }

    /// <summary>The message is larger than the windows of HTTP/2, so that the write is under way when the server ends the call.</summary>
    [Fact]
    public async Task A_write_during_which_the_server_ends_the_call_fails_with_the_servers_status()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncDuplexStreamingCall<Probe, Probe> call = server.Channel.Duplex(ProberServer.Twice);
        await call.RequestStream.WriteAsync(new Probe { Number = 1 });
        await call.RequestStream.WriteAsync(new Probe { Number = 2 });

        RpcException ofWrite = await Should.ThrowAsync<RpcException>(
            call.RequestStream.WriteAsync(new Probe { Data = ByteString.CopyFrom(new byte[8 * 1024 * 1024]) }));

        ofWrite.StatusCode.ShouldBe(StatusCode.ResourceExhausted, ofWrite.ToString());
        (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
        call.ResponseStream.Current.Number.ShouldBe(2);
        (await call.ResponseStream.MoveNext(default)).ShouldBeTrue("what came before the end is still there");
        call.ResponseStream.Current.Number.ShouldBe(4);
        RpcException ofRead = await Should.ThrowAsync<RpcException>(call.ResponseStream.MoveNext(default));
        ofRead.Status.ShouldBe(ofWrite.Status);
    }

    [Fact]
    public async Task A_write_during_which_the_server_answers_well_says_so_and_the_answer_is_there()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using AsyncClientStreamingCall<Probe, Probe> call = server.Channel.ClientStreaming(ProberServer.Sum);
        await call.RequestStream.WriteAsync(new Probe { Number = 5 });
        await call.RequestStream.WriteAsync(new Probe { Text = "enough" });

        RpcException ofWrite = await Should.ThrowAsync<RpcException>(
            call.RequestStream.WriteAsync(new Probe { Data = ByteString.CopyFrom(new byte[8 * 1024 * 1024]) }));

        ofWrite.StatusCode.ShouldBe(StatusCode.OK, ofWrite.ToString());
        (await call.ResponseAsync).Number.ShouldBe(5);
    }

    [Fact]
    public async Task A_write_to_a_server_that_cannot_be_reached_fails_before_anybody_reads()
    {
        Uri address;
        await using (ProberServer server = await ProberServer.StartAsync())
        {
            address = server.Address;
        }

        using var channel = new GrpcChannel(address);
        using AsyncDuplexStreamingCall<Probe, Probe> call = channel.Duplex(ProberServer.Twice);

        RpcException error = await Should.ThrowAsync<RpcException>(call.RequestStream.WriteAsync(new Probe()).WaitAsync(TimeSpan.FromMinutes(1)));

        error.StatusCode.ShouldBe(StatusCode.Unavailable);
        error.NeverProcessed.ShouldBeTrue();
    }

    [Fact]
    public async Task Giving_a_stream_up_tells_the_handler()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        AsyncServerStreamingCall<Probe> call = server.Channel.ServerStreaming(ProberServer.Count, new Probe { Number = 1, Text = "then hang" });
        (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
        await server.Service.HangEntered.Task;

        call.Dispose();

        await server.Service.HangCancelled.Task;
    }

    [Fact]
    public async Task A_method_is_not_called_in_another_shape_than_its_own()
    {
        await using ProberServer server = await ProberServer.StartAsync();

        Should.Throw<ArgumentException>(() => server.Channel.Duplex(ProberServer.Sum));
    }

    private static async Task<List<int>> NumbersOf(IAsyncStreamReader<Probe> stream)
    {
        var numbers = new List<int>();
        await foreach (Probe probe in stream.ReadAllAsync())
        {
            numbers.Add(probe.Number);
        }

        return numbers;
    }
}
