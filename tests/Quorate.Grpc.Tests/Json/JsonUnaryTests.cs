using System.Net;
using System.Text;

namespace Quorate.Grpc.Tests.Json;

public sealed class JsonUnaryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_method_answers_over_both_versions_of_HTTP(bool overHttp2)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = overHttp2 ? JsonClient.OfHttp2(server) : JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/echo", """{"text":"hello","data":"Zm9v"}""");

        answer.HttpStatus.ShouldBe(HttpStatusCode.OK);
        answer.ContentType.ShouldBe("application/json");
        answer.Body.ShouldBe("""{"text":"hello","data":"Zm9v"}""");
    }

    [Fact]
    public async Task A_handler_that_takes_bytes_gets_those_of_the_message()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        // Field 3, a varint, of value 7.
        (await client.PostAsync("/probe/echoraw", """{"number":7}""")).Body.ShouldBe("""{"data":"GAc="}""");
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData(" \r\n", "{}")]
    [InlineData("{}", "{}")]
    [InlineData("""{"large_number":"9223372036854775807","ID":"18446744073709551615"}""", """{"large_number":"9223372036854775807","ID":"18446744073709551615"}""")]
    [InlineData("""{"largeNumber":9007199254740993}""", """{"large_number":"9007199254740993"}""")]
    [InlineData("""{"large_number":-9223372036854775808}""", """{"large_number":"-9223372036854775808"}""")]
    [InlineData("""{"ID":18446744073709551615}""", """{"ID":"18446744073709551615"}""")]
    [InlineData("""{"large_number":1e3}""", """{"large_number":"1000"}""")]
    [InlineData("""{"many_probes":[{"large_number":9007199254740993}]}""", """{"many_probes":[{"large_number":"9007199254740993"}]}""")]
    [InlineData("""{"manyProbes":[{"inner":{"ID":9007199254740993}},{}]}""", """{"many_probes":[{"inner":{"ID":"9007199254740993"}},{}]}""")]
    [InlineData("""{"mood":"CROSS"}""", """{"mood":"CROSS"}""")]
    [InlineData("""{"mood":1}""", """{"mood":"CROSS"}""")]
    [InlineData("""{"mood":"CALM","text":"","number":0,"many_probes":[]}""", "{}")]
    [InlineData("""{"text":null,"inner":null,"data":null,"ID":null}""", "{}")]
    [InlineData("""{"data":"_-8"}""", """{"data":"/+8="}""")]
    [InlineData("""{"data":"/+8="}""", """{"data":"/+8="}""")]
    [InlineData("""{"data":"Zg"}""", """{"data":"Zg=="}""")]
    [InlineData("""{"unknown":[{"a":"b"},5,null,true],"number":5}""", """{"number":5}""")]
    [InlineData("""{"counts":{"a":"5","b":9007199254740992}}""", """{"counts":{"a":"5","b":"9007199254740992"}}""")]
    [InlineData("""{"text":"a b\t\"c\" \\ <é\uD83D\uDE00>"}""", """{"text":"a b\t\"c\" \\ \u003cé\ud83d\ude00\u003e"}""")]
    [InlineData("""{"this_one":"x y"}""", """{"this_one":"x y"}""")]
    public async Task Requests_and_answers_are_JSON_as_protobuf_and_etcd_have_it(string request, string answer)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        (await client.PostAsync("/probe/echo", request)).Body.ShouldBe(answer);
    }

    [Theory]
    [InlineData("""{"data":"Zm9v""", "invalid JSON: unexpected end of the body inside an object")]
    [InlineData("{\n\"data\": }", "invalid JSON at line 2, byte 9: '}' is an invalid start of a value.")]
    [InlineData("""{"number":5]}""", "invalid JSON at line 1, byte 12: ']' is invalid without a matching open.")]
    [InlineData("[]", "invalid JSON: a request is an object and begins with '{', not with '['")]
    [InlineData("null", "invalid JSON: a request is an object and begins with '{', not with 'n'")]
    [InlineData("\u0001", "invalid JSON: a request is an object and begins with '{', not with byte 0x01")]
    [InlineData("{} {}", "invalid JSON: something follows the one object of this request")]
    [InlineData("""{} x""", "invalid JSON: a request is an object and begins with '{', not with 'x'")]
    [InlineData("""{"number":5,"number":5}""", "invalid JSON: field \"number\" is given twice")]
    [InlineData("""{"largeNumber":5,"large_number":5}""", "invalid JSON: field \"large_number\" is given twice")]
    [InlineData("""{"data":"!"}""", "invalid value of \"data\": Invalid base64 data")]
    [InlineData("""{"data":5}""", "invalid value of \"data\": Unsupported conversion from JSON number for field type Bytes")]
    [InlineData("""{"many_probes":[{},{"inner":{"large_number":"x"}}]}""", "invalid value of \"many_probes[1].inner.large_number\": Invalid numeric value for type: x")]
    [InlineData("""{"number":1.5}""", "invalid value of \"number\": Value not an integer: 1.5")]
    [InlineData("""{"large_number":9223372036854775808}""", "invalid value of \"large_number\": Value out of range: 9223372036854775808")]
    [InlineData("""{"mood":"FURIOUS"}""", "invalid value of \"mood\": Invalid enum value: FURIOUS for enum type: quorate.probe.Probe.Mood")]
    [InlineData("""{"text":"\ud800"}""", "invalid JSON at byte 9: ")]
    [InlineData("""{"this_one":"a","that_one":"b"}""", "invalid value: ")]
    public async Task A_request_that_is_wrong_is_told_what_and_where(string request, string message)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/echo", request);

        answer.HttpStatus.ShouldBe(HttpStatusCode.BadRequest);
        answer.ContentType.ShouldBe("application/json");
        JsonError error = JsonError.Of(answer.Body);
        error.Message.ShouldStartWith(message);
        error.Error.ShouldBe(error.Message);
        error.Code.ShouldBe((int)StatusCode.InvalidArgument);
        server.Service.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task In_a_long_request_the_wrong_value_is_not_searched_for()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/echo", $$$"""{"text":"{{{new string('x', 70_000)}}}","inner":{"large_number":"x"}}""");

        JsonError.Of(answer.Body).Message.ShouldStartWith("invalid value: ");
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/echo", [.. """{"text":"""u8, (byte)'"', 0xff, (byte)'"', (byte)'}']);

        JsonError.Of(answer.Body).Code.ShouldBe((int)StatusCode.InvalidArgument);
    }

    [Theory]
    [InlineData("{\"inner\":", "{}", "}")]
    [InlineData("{\"many_probes\":[", "{}", "]}")]
    [InlineData("{\"unknown\":[", "5", "]}")]
    public async Task What_is_nested_too_deep_is_refused(string open, string innermost, string close)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);
        string request = string.Concat(Enumerable.Repeat(open, 10_000)) + innermost + string.Concat(Enumerable.Repeat(close, 10_000));

        JsonAnswer answer = await client.PostAsync("/probe/echo", request);

        answer.HttpStatus.ShouldBe(HttpStatusCode.BadRequest);
        JsonError.Of(answer.Body).Message.ShouldBe("invalid JSON: objects and arrays are nested more than 100 deep");
    }

    [Fact]
    public async Task A_large_request_arrives_whole()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);
        byte[] data = new byte[ProberServer.ReceiveMessageBytesMax - 10];
        new Random(1).NextBytes(data);
        string request = $$"""{"data":"{{Convert.ToBase64String(data)}}"}""";

        (await client.PostAsync("/probe/echo", request)).Body.ShouldBe(request);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task A_message_above_the_limit_is_refused(int times)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync(
            "/probe/echo", $$"""{"data":"{{Convert.ToBase64String(new byte[ProberServer.ReceiveMessageBytesMax * times])}}"}""");

        answer.HttpStatus.ShouldBe(HttpStatusCode.TooManyRequests);
        JsonError.Of(answer.Body).Message.ShouldStartWith("grpc: received message larger than max");
    }

    [Theory]
    [InlineData(StatusCode.Cancelled, 499)]
    [InlineData(StatusCode.Unknown, 500)]
    [InlineData(StatusCode.InvalidArgument, 400)]
    [InlineData(StatusCode.DeadlineExceeded, 504)]
    [InlineData(StatusCode.NotFound, 404)]
    [InlineData(StatusCode.AlreadyExists, 409)]
    [InlineData(StatusCode.PermissionDenied, 403)]
    [InlineData(StatusCode.ResourceExhausted, 429)]
    [InlineData(StatusCode.FailedPrecondition, 400)]
    [InlineData(StatusCode.Aborted, 409)]
    [InlineData(StatusCode.OutOfRange, 400)]
    [InlineData(StatusCode.Unimplemented, 501)]
    [InlineData(StatusCode.Internal, 500)]
    [InlineData(StatusCode.Unavailable, 503)]
    [InlineData(StatusCode.DataLoss, 500)]
    [InlineData(StatusCode.Unauthenticated, 401)]
    public async Task An_error_of_a_handler_has_its_code_its_text_and_a_status_of_HTTP(StatusCode code, int httpStatus)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer thrown = await client.PostAsync("/probe/fail", $$"""{"number":{{(int)code}},"text":"it was \"so\""}""");
        JsonAnswer returned = await client.PostAsync("/probe/fail", $$"""{"number":{{(int)code}},"text":"by status"}""");

        thrown.HttpStatus.ShouldBe((HttpStatusCode)httpStatus);
        thrown.Body.ShouldBe($$"""{"error":"it was \"so\"","message":"it was \"so\"","code":{{(int)code}}}""");
        returned.HttpStatus.ShouldBe((HttpStatusCode)httpStatus);
        returned.Body.ShouldBe($$"""{"error":"by status","message":"by status","code":{{(int)code}}}""");
    }

    [Fact]
    public async Task An_unexpected_error_is_not_told_to_the_client()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/fail", """{"number":-1}""");

        answer.HttpStatus.ShouldBe(HttpStatusCode.InternalServerError);
        answer.Body.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("POST", "/probe/nosuch", 404, "Not Found", StatusCode.NotFound)]
    [InlineData("GET", "/probe/nosuch", 404, "Not Found", StatusCode.NotFound)]
    [InlineData("POST", "/probe/echo/more", 404, "Not Found", StatusCode.NotFound)]
    [InlineData("GET", "/probe/echo", 501, "Method Not Allowed", StatusCode.Unimplemented)]
    [InlineData("DELETE", "/probe/echo", 501, "Method Not Allowed", StatusCode.Unimplemented)]
    public async Task A_path_or_a_verb_that_is_not_served_is_told_so_in_JSON(string verb, string path, int httpStatus, string message, StatusCode code)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.SendAsync(new HttpMethod(verb), path);

        answer.HttpStatus.ShouldBe((HttpStatusCode)httpStatus);
        answer.ContentType.ShouldBe("application/json");
        answer.Body.ShouldBe($$"""{"error":"{{message}}","message":"{{message}}","code":{{(int)code}}}""");
    }

    [Fact]
    public async Task A_method_without_a_handler_is_unimplemented()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/missing", "{}");

        answer.HttpStatus.ShouldBe(HttpStatusCode.NotImplemented);
        JsonError.Of(answer.Body).Message.ShouldBe("method Missing of service quorate.probe.Prober is not implemented");
    }

    [Fact]
    public async Task A_handler_sees_the_deadline_the_method_and_the_callers_own_metadata()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);
        DateTime before = DateTime.UtcNow;

        await client.PostAsync("/probe/echo", "{}", ("Grpc-Timeout", "1H"), ("Grpc-Metadata-Token", "abc"), ("Authorization", "xyz"), ("X-Other", "no"));

        server.Service.Calls.TryDequeue(out ServerCallContextFacts? call).ShouldBeTrue();
        call.Method.ShouldBe("/quorate.probe.Prober/Echo");
        call.Deadline.ShouldBeGreaterThan(before.AddMinutes(59));
        call.RequestHeaders.GetValue("token").ShouldBe("abc");
        call.RequestHeaders.GetValue("authorization").ShouldBe("xyz");
        call.RequestHeaders.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_deadline_that_passes_is_answered_and_told_to_the_handler()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/hang", "{}", ("Grpc-Timeout", "50m"));

        answer.HttpStatus.ShouldBe(HttpStatusCode.GatewayTimeout);
        answer.Body.ShouldBe("""{"error":"context deadline exceeded","message":"context deadline exceeded","code":4}""");
        await server.Service.HangCancelled.Task;
    }

    [Fact]
    public async Task A_deadline_is_answered_even_if_the_handler_does_not_listen()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        (await client.PostAsync("/probe/ignore", "{}", ("Grpc-Timeout", "50m"))).HttpStatus.ShouldBe(HttpStatusCode.GatewayTimeout);

        server.Service.IgnoreEnded.Task.IsCompleted.ShouldBeFalse();
        server.Service.IgnoreMayEnd.SetResult();
        await server.Service.IgnoreEnded.Task;
    }

    [Fact]
    public async Task A_deadline_that_is_none_is_refused()
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = JsonClient.OfHttp1(server);

        JsonAnswer answer = await client.PostAsync("/probe/echo", "{}", ("Grpc-Timeout", "soon"));

        answer.HttpStatus.ShouldBe(HttpStatusCode.BadRequest);
        JsonError.Of(answer.Body).Message.ShouldBe("invalid grpc-timeout: soon");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_leaves_cancels_its_call(bool overHttp2)
    {
        await using ProberServer server = await ProberServer.StartAsync();
        using JsonClient client = overHttp2 ? JsonClient.OfHttp2(server) : JsonClient.OfHttp1(server);
        using var leave = new CancellationTokenSource();

        Task<HttpResponseMessage> call = client.OpenAsync("/probe/hang", new ByteArrayContent(Encoding.UTF8.GetBytes("{}")), leave.Token);
        await server.Service.HangEntered.Task;
        await leave.CancelAsync();

        await server.Service.HangCancelled.Task;
        await Should.ThrowAsync<OperationCanceledException>(call);
    }
}
