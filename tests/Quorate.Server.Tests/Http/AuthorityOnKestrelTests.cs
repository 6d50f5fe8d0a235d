using System.Globalization;
using static Quorate.Server.Tests.Http.Http2Bytes;

namespace Quorate.Server.Tests.Http;

/// <summary>Kestrel with its own decoder of header fields behind the readers that put the authority in order.</summary>
public sealed class AuthorityOnKestrelTests
{
    [Theory]
    [InlineData("http://127.0.0.1:2379")]
    [InlineData("http://127.0.0.1:2379/")]
    [InlineData("#initially=[http://127.0.0.1:2379]")]
    [InlineData("127.0.0.1:2379")]
    public async Task A_request_is_served(string authority)
    {
        await using KestrelInMemory kestrel = await KestrelInMemory.StartAsync();
        Http2TestConnection client = kestrel.Connect();
        await client.OpenAsync();

        await client.SendAsync(Request(1, authority));

        (await client.AnswerAsync()).ShouldBe(Headers);
        kestrel.Hosts.ShouldBe(["127.0.0.1:2379"]);
    }

    [Fact]
    public async Task The_servers_settings_come_before_any_request()
    {
        await using KestrelInMemory kestrel = await KestrelInMemory.StartAsync();
        Http2TestConnection client = kestrel.Connect();

        await client.OpenAsync();

        (await client.ReadFrameAsync())![3].ShouldBe(Settings);
    }

    /// <summary>
    /// The dynamic tables of both sides differ by the bytes of the authority from the first request on. What the client
    /// refers to must be found nonetheless, whatever it writes out, forgets, and writes out again.
    /// </summary>
    [Theory]
    [InlineData(4096)]
    [InlineData(200)]
    [InlineData(60)]
    [InlineData(0)]
    public async Task Thousands_of_requests_that_push_the_authority_out_of_the_table_are_served(int tableBytesMax)
    {
        const int Requests = 3000;
        string[] authorities = ["http://127.0.0.1:2379", "http://[::1]:2379/", "http://a.example:1", "b.example:2"];
        string[] hosts = ["127.0.0.1:2379", "[::1]:2379", "a.example:1", "b.example:2"];
        await using KestrelInMemory kestrel = await KestrelInMemory.StartAsync();
        Http2TestConnection client = kestrel.Connect();
        await client.OpenAsync();
        var random = new Random(tableBytesMax);
        var encoder = new TestHpackEncoder();
        encoder.Resize(tableBytesMax);
        List<string> expected = [];
        for (int request = 0; request < Requests; request++)
        {
            if (random.Next(500) == 0)
            {
                encoder.Resize(random.Next(tableBytesMax + 1));
                encoder.Resize(tableBytesMax);
            }

            int which = request == 0 ? 0 : random.Next(20) == 0 ? random.Next(authorities.Length) : 0;
            string number = random.Next(200).ToString(CultureInfo.InvariantCulture);
            // Updates of the table's size begin a block (RFC 7541 §4.2); names with a colon come before the others.
            byte[] block =
            [
                .. encoder.Encode((":path", "/"), (":authority", authorities[which])), 0x82, 0x86,
                .. encoder.Encode(("grpc-timeout", $"{number}m"), ("user-agent", "test")),
            ];

            await client.SendAsync(Frame(Headers, EndStream | EndHeaders, (2 * request) + 1, block));

            (await client.AnswerAsync()).ShouldBe(Headers, $"request {request}");
            expected.Add(hosts[which]);
        }

        kestrel.Hosts.ShouldBe(expected);
        encoder.Literals[":authority"].ShouldBeGreaterThan(50, "the literal comes again and again");
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("http://")]
    [InlineData("http://a b/")]
    [InlineData("ftp://a")]
    public async Task What_is_no_authority_is_refused_as_before(string authority)
    {
        await using KestrelInMemory kestrel = await KestrelInMemory.StartAsync();
        Http2TestConnection client = kestrel.Connect();
        await client.OpenAsync();

        await client.SendAsync(Request(1, authority));

        (await client.AnswerAsync()).ShouldBe(ResetStream);
        kestrel.Hosts.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1:2379")]
    [InlineData("http://127.0.0.1:2379")]
    public async Task Frames_that_break_the_protocol_end_their_connection_and_no_other(string authority)
    {
        await using KestrelInMemory kestrel = await KestrelInMemory.StartAsync();
        byte[][] broken =
        [
            Frame(Headers, EndHeaders, 3, 0xff, 0xff, 0xff, 0xff, 0xff),
            Frame(Headers, EndHeaders | Padded, 3, 200),
            Frame(Headers, EndHeaders, 3, new byte[17_000]),
            Frame(Data, 0, 0, 1),
            Frame(Continuation, EndHeaders, 3, 0x82),
            Frame(Headers, EndHeaders, 2, 0x82),
            [.. Enumerable.Repeat((byte)0xff, 64)],
        ];
        foreach (byte[] frame in broken)
        {
            Http2TestConnection client = kestrel.Connect();
            await client.OpenAsync();
            await client.SendAsync([.. Request(1, authority)]);
            (await client.AnswerAsync()).ShouldBe(Headers);

            await client.SendAsync(frame);

            (await client.AnswerAsync()).ShouldBe(GoAway, Convert.ToHexString(frame.AsSpan(0, 9)));
        }

        Http2TestConnection another = kestrel.Connect();
        await another.OpenAsync();
        await another.SendAsync(Request(1, authority));
        (await another.AnswerAsync()).ShouldBe(Headers);
    }
}
