using System.Net;
using System.Text;

namespace Quorate.Grpc.Tests.Json;

public sealed class JsonStreamTests
{
    [Fact]
    public async Task Each_answer_of_a_stream_is_a_line()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/count", """{"number":3,"data":"Zg"}""");

        answer.HttpStatus.ShouldBe(HttpStatusCode.OK);
        answer.ContentType.ShouldBe("application/json");
        answer.Body.ShouldBe("""
            {"result":{"data":"Zg==","number":1}}
            {"result":{"data":"Zg==","number":2}}
            {"result":{"data":"Zg==","number":3}}

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_stream_may_be_empty()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/count", "{}");

        answer.HttpStatus.ShouldBe(HttpStatusCode.OK);
        answer.Body.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_error_after_answers_is_the_last_line()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/count", """{"number":1,"text":"then fail"}""");

        answer.HttpStatus.ShouldBe(HttpStatusCode.OK);
        answer.Body.ShouldBe("""
            {"result":{"number":1}}
            {"error":{"grpc_code":15,"http_code":500,"message":"after the messages","http_status":"Internal Server Error","code":15}}

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task An_error_before_any_answer_sets_the_status_of_HTTP()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/count", """{"text":"then fail"}""");

        answer.HttpStatus.ShouldBe(HttpStatusCode.InternalServerError);
        answer.Body.ShouldBe("""
            {"error":{"grpc_code":15,"http_code":500,"message":"after the messages","http_status":"Internal Server Error","code":15}}

            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_is_there_before_the_next_is_made(bool overHttp2)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = overHttp2 ? JsonClient.OfHttp2(server) : JsonClient.OfHttp1(server);

        using HttpResponseMessage response = await client.OpenAsync("/probe/counton", Text("""{"number":5}"""));
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await lines.ReadLineAsync()).ShouldBe("""{"result":{"number":5}}""");

        server.Service.IgnoreEnded.Task.IsCompleted.ShouldBeFalse();
        server.Service.IgnoreMayEnd.SetResult();
        (await lines.ReadLineAsync()).ShouldBe("""{"result":{"number":5}}""");
        (await lines.ReadLineAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"number":1}{"number":2}""")]
    [InlineData("{\"number\":1}\n\n {\"number\":2}\n")]
    public async Task Requests_follow_each_other_with_white_space_or_without(string body)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        (await client.PostAsync("/probe/sum", body)).Body.ShouldBe("""{"number":3}""");
        (await client.PostAsync("/probe/twice", body)).Body.ShouldBe("{\"result\":{\"number\":2}}\n{\"result\":{\"number\":4}}\n");
    }

    [Fact]
    public async Task Metadata_that_a_handler_sends_at_its_start_is_among_the_headers()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        (await client.PostAsync("/probe/twice", """{"number":1}""")).Headers["Grpc-Metadata-Greeting"].ShouldBe("hello");
    }

    /// <remarks>Over HTTP/2 only: with HTTP/1.1 .NET's client reads nothing before its whole request has left.</remarks>
    [Fact]
    public async Task Both_sides_stream_and_each_answer_may_be_awaited_before_the_next_request()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp2(server);
        using var requests = new OpenEndedContent();
        Task<HttpResponseMessage> opening = client.OpenAsync("/probe/twice", requests);
        await requests.WriteAsync(""" {"num""");
        await requests.WriteAsync("""ber":1,"text":"a}\"{ """);
        await requests.WriteAsync("\"}\n");
        using HttpResponseMessage response = await opening;
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await lines.ReadLineAsync()).ShouldBe("""{"result":{"text":"a}\"{ ","number":2}}""");

        await requests.WriteAsync("{\"number\":2}\n{\"number\":3}");
        (await lines.ReadLineAsync()).ShouldBe("""{"result":{"number":4}}""");
        (await lines.ReadLineAsync()).ShouldBe("""{"result":{"number":6}}""");

        await requests.WriteAsync(" \n ");
        await requests.WriteAsync("""{"number":"x"}""");
        (await lines.ReadLineAsync()).ShouldBe("""{"error":{"grpc_code":3,"http_code":400,"message":"invalid value of \"number\": Invalid numeric value for type: x","http_status":"Bad Request","code":3}}""");
        requests.End();
    }

    [Fact]
    public async Task White_space_that_does_not_end_takes_no_memory_and_ends_no_call()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);
        string space = new('\n', 8 * ProberServer.ReceiveMessageBytesMax);

        (await client.PostAsync("/probe/sum", space + """{"number":1}""" + space + """{"number":2}""")).Body.ShouldBe("""{"number":3}""");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_leaves_a_stream_cancels_it(bool overHttp2)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = overHttp2 ? JsonClient.OfHttp2(server) : JsonClient.OfHttp1(server);

        HttpResponseMessage response = await client.OpenAsync("/probe/count", Text("""{"number":1,"text":"then hang"}"""));
        await server.Service.HangEntered.Task;
        response.Dispose();

        await server.Service.HangCancelled.Task;
    }

    [Fact]
    public async Task A_deadline_ends_a_stream_with_a_line()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/count", """{"number":1,"text":"then hang"}""", ("Grpc-Timeout", "200m"));

        answer.Body.ShouldEndWith(
            """{"error":{"grpc_code":4,"http_code":504,"message":"context deadline exceeded","http_status":"Gateway Timeout","code":4}}""" + "\n");
    }

    [Fact]
    public async Task Calls_by_JSON_and_by_gRPC_do_not_disturb_each_other_on_one_connection()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient json = JsonClient.OfHttp2(server);

        await Task.WhenAll(Enumerable.Range(1, 50).Select(async i =>
        {
            (await json.PostAsync("/probe/echo", $$"""{"number":{{i}}}""")).Body.ShouldBe($$"""{"number":{{i}}}""");
            (await server.Channel.UnaryAsync(ProberServer.Echo, new Protos.Probe { Number = i })).Number.ShouldBe(i);
        }));
    }

    private static ByteArrayContent Text(string text) => new(Encoding.UTF8.GetBytes(text));
}
