using System.Net;
using System.Net.Sockets;
using Quorate.Grpc.Protocol;
using Quorate.Grpc.Tests.Protos;

namespace Quorate.Grpc.Tests;

public sealed class DeadlineAndCancellationTests
{
    [Fact]
    public async Task A_deadline_cancels_the_handler_and_is_told_to_the_client()
    {
        await using ProberServer server = await ProberServer.StartAsync();

        // On a machine that is busy a short deadline may pass before the handler runs at all: a longer one then.
        for (int milliseconds = 100; !server.Service.HangEntered.Task.IsCompleted; milliseconds *= 2)
        {
            RpcException error = await Should.ThrowAsync<RpcException>(
                server.Channel.UnaryAsync(ProberServer.Hang, new Probe(), new CallOptions(Deadline: DateTime.UtcNow.AddMilliseconds(milliseconds))));
            error.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        }

        await server.Service.HangCancelled.Task;
    }

    [Fact]
    public async Task The_server_answers_at_the_deadline_even_if_the_handler_does_not_listen()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var http = new RawGrpcClient(server.Address);

        // The client has no deadline of its own here: what comes back is the server's word.
        RawAnswer answer = await http.CallAsync("Ignore", RawGrpcClient.Frame(new Probe()), ("grpc-timeout", "50m"));

        answer.Status.ShouldBe(StatusCode.DeadlineExceeded);
        server.Service.IgnoreEnded.Task.IsCompleted.ShouldBeFalse();
        server.Service.IgnoreMayEnd.SetResult();
        (await server.Service.IgnoreEnded.Task).ShouldBeNull();
        (await server.Channel.UnaryAsync(ProberServer.Echo, new Probe { Number = 1 })).Number.ShouldBe(1);
    }

    [Fact]
    public async Task A_stream_that_is_past_its_deadline_takes_no_more_messages()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var http = new RawGrpcClient(server.Address);

        RawAnswer answer = await http.CallAsync("CountOn", RawGrpcClient.Frame(new Probe()), ("grpc-timeout", "200m"));

        answer.Status.ShouldBe(StatusCode.DeadlineExceeded);
        server.Service.IgnoreMayEnd.SetResult();
        Exception? handlerSaw = await server.Service.IgnoreEnded.Task;
        handlerSaw.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_deadline_that_has_passed_sends_nothing()
    {
        await using ProberServer server = await ProberServer.StartAsync();

        RpcException error = await Should.ThrowAsync<RpcException>(
            server.Channel.UnaryAsync(ProberServer.Echo, new Probe(), new CallOptions(Deadline: DateTime.UtcNow.AddSeconds(-1))));

        error.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        error.NeverProcessed.ShouldBeTrue();
        server.Service.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_timeout_of_nothing_does_not_reach_the_handler()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var http = new RawGrpcClient(server.Address);

        RawAnswer answer = await http.CallAsync("Echo", RawGrpcClient.Frame(new Probe()), ("grpc-timeout", "0m"));

        answer.Status.ShouldBe(StatusCode.DeadlineExceeded);
        server.Service.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_handler_that_fails_when_its_deadline_passes_takes_nothing_with_it()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var http = new RawGrpcClient(server.Address);

        RawAnswer answer = await http.CallAsync("Hang", RawGrpcClient.Frame(new Probe { Text = "fail when told to stop" }), ("grpc-timeout", "50m"));

        answer.Status.ShouldBe(StatusCode.DeadlineExceeded);
        await http.ShouldStillServeAsync();
    }

    [Fact]
    public async Task Cancelling_a_call_tells_the_handler_and_leaves_the_connection_whole()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using var giveUp = new CancellationTokenSource();
        Task<Probe> call = server.Channel.UnaryAsync(ProberServer.Hang, new Probe(), new CallOptions(CancellationToken: giveUp.Token));
        await server.Service.HangEntered.Task;

        await giveUp.CancelAsync();

        RpcException error = await Should.ThrowAsync<RpcException>(call);
        error.StatusCode.ShouldBe(StatusCode.Cancelled);
        await server.Service.HangCancelled.Task;
        (await server.Channel.UnaryAsync(ProberServer.Echo, new Probe { Number = 1 })).Number.ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_listening_is_unavailable_and_certainly_not_processed()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var channel = new GrpcChannel(new Uri($"http://{taken.LocalEndPoint}"));

        RpcException error = await Should.ThrowAsync<RpcException>(channel.UnaryAsync(ProberServer.Echo, new Probe()));

        error.StatusCode.ShouldBe(StatusCode.Unavailable);
        error.NeverProcessed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_connection_lost_in_the_middle_of_a_call_is_unavailable_and_may_have_been_processed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var channel = new GrpcChannel(new Uri($"http://{listener.LocalEndpoint}"));
        Task<Probe> call = channel.UnaryAsync(ProberServer.Echo, new Probe());
        using (Socket connection = await listener.AcceptSocketAsync())
        {
            // The preface and the settings of the server side, so that the client sends its request; then nothing.
            await connection.SendAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 });
            byte[] received = new byte[4096];
            int total = 0;
            while (total < 200 && !call.IsCompleted)
            {
                total += await connection.ReceiveAsync(received);
            }
        }

        RpcException error = await Should.ThrowAsync<RpcException>(call);

        error.StatusCode.ShouldBe(StatusCode.Unavailable);
        error.NeverProcessed.ShouldBeFalse();
    }

    [Theory]
    [InlineData("1H", 3_600_000_000_000)]
    [InlineData("2M", 120_000_000_000)]
    [InlineData("30S", 30_000_000_000)]
    [InlineData("250m", 250_000_000)]
    [InlineData("7u", 7_000)]
    [InlineData("100n", 100)]
    [InlineData("1n", 100)]
    [InlineData("0n", 0)]
    public void A_timeout_is_read_in_every_unit(string text, long nanoseconds)
    {
        GrpcTimeout.TryParse(text, out TimeSpan timeout).ShouldBeTrue();

        timeout.Ticks.ShouldBe(nanoseconds / 100);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData(" 1S")]
    [InlineData("123456789S")]
    public void A_timeout_that_is_none_is_refused(string text)
    {
        GrpcTimeout.TryParse(text, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_longest_timeout_there_is_fits()
    {
        GrpcTimeout.TryParse("99999999H", out TimeSpan timeout).ShouldBeTrue();

        timeout.TotalHours.ShouldBe(99_999_999);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(999_999_990)]
    [InlineData(999_999_991)]
    [InlineData(50_000_000_000)]
    [InlineData(10_000_000_000_000_000)]
    [InlineData(long.MaxValue)]
    public void A_timeout_is_written_so_that_it_is_never_shorter_unless_it_is_beyond_what_can_be_written(long ticks)
    {
        GrpcTimeout.TryParse(GrpcTimeout.Format(new TimeSpan(ticks)), out TimeSpan read).ShouldBeTrue();

        read.Ticks.ShouldBeGreaterThanOrEqualTo(Math.Min(ticks, TimeSpan.FromHours(99_999_999).Ticks));
    }
}
