using System.Buffers;
using System.IO.Pipelines;
using Quorate.Server.Http;
using static Quorate.Server.Tests.Http.Http2Bytes;

namespace Quorate.Server.Tests.Http;

/// <summary>The two readers in front of Kestrel: what it gets to see, and when.</summary>
public sealed class AuthorityReaderTests
{
    private const string Url = "http://127.0.0.1:12379";
    private const string HostAndPort = "127.0.0.1:12379";

    private static readonly byte[] Opening =
        [.. Preface, .. Frame(Settings, 0, 0, 0, 3, 0, 0, 0, 100), .. Frame(WindowUpdate, 0, 0, 0, 1, 0, 0)];

    private readonly Pipe _client = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly AuthorityWatchingReader _reader;

    public AuthorityReaderTests() => _reader = new AuthorityWatchingReader(_client.Reader);

    [Fact]
    public async Task Nothing_before_the_first_request_is_held_back()
    {
        byte[] request = Request(1, Url);
        await SendAsync([.. Opening, .. request[..5]]);
        Take().ShouldBe(Opening);
        Take().ShouldBeNull("a part of a frame's header");

        await SendAsync(request[5..^1]);
        Take().ShouldBeNull("the frame is not complete");

        await SendAsync(request[^1..]);
        Take().ShouldBe(Request(1, HostAndPort));
    }

    [Fact]
    public async Task A_preface_that_comes_in_parts_is_passed_on_in_parts()
    {
        foreach (byte[] part in Opening.Chunk(5))
        {
            await SendAsync(part);
        }

        List<byte> taken = [];
        while (Take() is { } part)
        {
            taken.AddRange(part);
        }

        taken.ShouldBe(Opening);
    }

    [Theory]
    [InlineData("127.0.0.1:12379")]
    [InlineData("not in order at all")]
    public async Task After_a_first_request_in_order_everything_passes_as_it_is(string first)
    {
        await SendAsync([.. Opening, .. Request(1, first)]);
        Take().ShouldBe([.. Opening, .. Request(1, first)]);

        byte[] later = Request(3, Url);
        await SendAsync(later[..7]);
        Take().ShouldBe(later[..7], "nothing is looked at any more");
        await SendAsync(later[7..]);
        Take().ShouldBe(later[7..]);
    }

    [Fact]
    public async Task A_frame_that_is_too_large_is_passed_on_for_Kestrel_to_refuse()
    {
        byte[] beginning = Frame(Headers, EndHeaders, 1, new byte[Http2FrameHeader.PayloadBytesMax + 1])[..100];
        await SendAsync([.. Opening, .. beginning]);
        Take().ShouldBe([.. Opening, .. beginning]);
    }

    [Fact]
    public async Task While_repairing_a_frame_that_is_too_large_is_passed_on_as_well()
    {
        await SendAsync([.. Opening, .. Request(1, Url)]);
        Take();
        byte[] beginning = Frame(Headers, EndHeaders, 3, new byte[Http2FrameHeader.PayloadBytesMax + 1])[..100];
        await SendAsync(beginning);
        Take().ShouldBe(beginning);
    }

    /// <summary>However the bytes are cut, and however the caller takes them, the same comes out.</summary>
    [Theory]
    [InlineData(Url)]
    [InlineData(HostAndPort)]
    public async Task Every_segmentation_comes_to_the_same(string authority)
    {
        (byte[] sent, byte[] expected) = Conversation(authority);
        for (int cut = 0; cut <= sent.Length; cut++)
        {
            (await ThroughAsync(sent, _ => cut, new Random(cut))).ShouldBe(expected, $"cut at {cut}");
        }

        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int sizeMax = 1 << random.Next(1, 12);
            (await ThroughAsync(sent, random => random.Next(1, sizeMax), random)).ShouldBe(expected, $"seed {seed}");
        }
    }

    [Fact]
    public async Task Arbitrary_bytes_come_out_whole_and_in_order_after_a_request_in_order()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            byte[] garbage = new byte[random.Next(3000)];
            random.NextBytes(garbage);
            byte[] sent = [.. Opening, .. Request(1, HostAndPort), .. garbage];
            (await ThroughAsync(sent, random => random.Next(1, 700), random)).ShouldBe(sent, $"seed {seed}");
        }
    }

    [Fact]
    public async Task Garbage_instead_of_frames_comes_out_as_it_is()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            byte[] garbage = new byte[random.Next(3000)];
            random.NextBytes(garbage);
            byte[] before = random.Next(3) switch { 0 => [], 1 => Preface, _ => [.. Opening, .. Request(1, Url)] };
            byte[] expected = [.. before.Length > Opening.Length ? [.. Opening, .. Request(1, HostAndPort)] : before, .. garbage];
            (await ThroughAsync([.. before, .. garbage], random => random.Next(1, 700), random)).ShouldBe(expected, $"seed {seed}");
        }
    }

    /// <summary>RFC 9113 §5.1.1 and more that Kestrel must see to refuse: nothing is lost at the end.</summary>
    [Fact]
    public async Task What_is_cut_off_by_the_end_is_passed_on_with_the_end()
    {
        foreach (byte[] before in (byte[][])[Opening, [.. Opening, .. Request(1, Url)]])
        {
            byte[] cutOff = Request(3, Url)[..^3];
            byte[] expected = [.. before.Length > Opening.Length ? [.. Opening, .. Request(1, HostAndPort)] : before, .. cutOff];
            (await ThroughAsync([.. before, .. cutOff], _ => 1000, new Random(1))).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task More_than_a_step_at_once_is_taken_in_steps()
    {
        byte[] data = Frame(Data, 0, 1, new byte[Http2FrameHeader.PayloadBytesMax]);
        byte[] many = [.. Enumerable.Repeat(data, 20).SelectMany(frame => frame)];
        await SendAsync([.. Opening, .. Request(1, Url), .. many, .. Request(3, Url)]);
        List<byte> taken = [];
        while (Take() is { } step)
        {
            step.Length.ShouldBeLessThanOrEqualTo(64 * 1024);
            taken.AddRange(step);
        }

        taken.ToArray().AsSpan().SequenceEqual([.. Opening, .. Request(1, HostAndPort), .. many, .. Request(3, HostAndPort)]).ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_examined_but_not_consumed_is_shown_again_with_what_comes_next()
    {
        foreach (string authority in (string[])[Url, HostAndPort])
        {
            var client = new Pipe();
            var reader = new AuthorityWatchingReader(client.Reader);
            await client.Writer.WriteAsync(Opening);
            ReadResult first = await reader.ReadAsync();
            reader.AdvanceTo(first.Buffer.GetPosition(10), first.Buffer.End);

            Task<ReadResult> pending = reader.ReadAsync().AsTask();
            pending.IsCompleted.ShouldBeFalse("all was examined");
            await client.Writer.WriteAsync(Request(1, authority));
            ReadResult second = await pending;
            second.Buffer.ToArray().ShouldBe([.. Opening[10..], .. Request(1, HostAndPort)]);
            reader.AdvanceTo(second.Buffer.Start, second.Buffer.End);

            pending = reader.ReadAsync().AsTask();
            pending.IsCompleted.ShouldBeFalse("all was examined again");
            await client.Writer.WriteAsync(Request(3, authority));
            ReadResult third = await pending;
            third.Buffer.ToArray()[^Request(3, HostAndPort).Length..].ShouldBe(Request(3, HostAndPort));
            reader.AdvanceTo(third.Buffer.Start, third.Buffer.GetPosition(3));

            ReadResult fourth = await reader.ReadAsync();
            fourth.Buffer.ToArray().ShouldBe(third.Buffer.ToArray(), "not all was examined");
            reader.AdvanceTo(fourth.Buffer.End);
            reader.Complete();
        }
    }

    [Theory]
    [InlineData("", "while watching")]
    [InlineData(Url, "while repairing")]
    [InlineData(HostAndPort, "after stepping aside")]
    public async Task A_read_can_be_cancelled_and_the_next_goes_on(string authority, string when)
    {
        await SendAsync([.. Opening, .. authority.Length > 0 ? Request(1, authority) : []]);
        Take();
        Task<ReadResult> pending = _reader.ReadAsync().AsTask();

        _reader.CancelPendingRead();
        ReadResult cancelled = await pending;
        cancelled.IsCanceled.ShouldBeTrue(when);
        cancelled.IsCompleted.ShouldBeFalse(when);
        _reader.AdvanceTo(cancelled.Buffer.End);

        pending = _reader.ReadAsync().AsTask();
        pending.IsCompleted.ShouldBeFalse(when);
        byte[] ping = Frame(6, 0, 0, new byte[8]);
        await SendAsync(ping);
        ReadResult next = await pending;
        next.IsCanceled.ShouldBeFalse(when);
        next.Buffer.ToArray().ShouldBe(ping, when);
    }

    [Fact]
    public async Task A_cancellation_is_not_lost_when_repairing_begins()
    {
        await SendAsync([.. Opening, .. Request(1, Url)]);
        _reader.CancelPendingRead();

        ReadResult read = await _reader.ReadAsync();

        read.IsCanceled.ShouldBeTrue();
        _reader.AdvanceTo(read.Buffer.End);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Url)]
    [InlineData(HostAndPort)]
    public async Task What_goes_wrong_with_the_connection_reaches_the_caller(string authority)
    {
        await SendAsync([.. Opening, .. authority.Length > 0 ? Request(1, authority) : []]);
        Take();
        Task<ReadResult> pending = _reader.ReadAsync().AsTask();

        await _client.Writer.CompleteAsync(new IOException("reset"));

        (await Should.ThrowAsync<IOException>(async () => await pending)).Message.ShouldBe("reset");
    }

    [Theory]
    [InlineData("")]
    [InlineData(Url)]
    [InlineData(HostAndPort)]
    public async Task Completing_it_completes_the_connections_reader(string authority)
    {
        await SendAsync([.. Opening, .. authority.Length > 0 ? Request(1, authority) : []]);
        Take();

        await _reader.CompleteAsync();

        (await _client.Writer.WriteAsync(new byte[1])).IsCompleted.ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData(Url)]
    [InlineData(HostAndPort)]
    public async Task A_token_cancels_a_read_and_the_next_goes_on(string authority)
    {
        await SendAsync([.. Opening, .. authority.Length > 0 ? Request(1, authority) : []]);
        Take();
        using var source = new CancellationTokenSource();
        Task<ReadResult> pending = _reader.ReadAsync(source.Token).AsTask();

        await source.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await pending);
        byte[] ping = Frame(6, 0, 0, new byte[8]);
        await SendAsync(ping);
        Take().ShouldBe(ping);
    }

    /// <summary>Many frames of many kinds; those that are requests come out repaired if the first of them needed it.</summary>
    private static (byte[] Sent, byte[] Expected) Conversation(string authority)
    {
        byte[] Bytes(string first) =>
        [
            .. Opening,
            .. Frame(Settings, 1, 0),
            .. Request(1, first, huffman: true),
            .. Frame(Data, 0, 1, 1, 2, 3),
            .. Frame(Headers, 0, 3, [0x82, .. Literal(1, first)]),
            .. Frame(Continuation, EndHeaders, 3, Literal("x", "http://y")),
            .. Frame(Headers, EndHeaders | Padded | Priority, 5, [2, 0, 0, 0, 1, 9, 0x82, .. Literal(":authority", first), 0, 0]),
            .. Frame(Headers, EndHeaders, 7, 0x82, 0xbe),
            .. Frame(0xfa, 0xff, 7, 1, 2, 3, 4),
            .. Frame(Headers, EndHeaders, 9),
            .. Request(11, first),
        ];
        return (Bytes(authority), Bytes(HostAndPort));
    }

    /// <summary>
    /// Sends bytes in pieces, and takes what comes out now and then, in a way that is always allowed: consumed and
    /// examined up to anywhere.
    /// </summary>
    private static async Task<byte[]> ThroughAsync(byte[] sent, Func<Random, int> size, Random random)
    {
        var client = new Pipe(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 16));
        var reader = new AuthorityWatchingReader(client.Reader);
        List<byte> taken = [];
        for (int at = 0; at < sent.Length;)
        {
            int piece = Math.Clamp(size(random), 1, sent.Length - at);
            await client.Writer.WriteAsync(sent.AsMemory(at, piece));
            at += piece;
            if (random.Next(3) > 0 && reader.TryRead(out ReadResult some))
            {
                int consumed = random.Next((int)some.Buffer.Length + 1);
                int examined = random.Next(consumed, (int)some.Buffer.Length + 1);
                taken.AddRange(some.Buffer.Slice(0, consumed).ToArray());
                reader.AdvanceTo(some.Buffer.GetPosition(consumed), some.Buffer.GetPosition(examined));
            }
        }

        await client.Writer.CompleteAsync();
        while (true)
        {
            ReadResult rest = await reader.ReadAsync();
            taken.AddRange(rest.Buffer.ToArray());
            reader.AdvanceTo(rest.Buffer.End);
            if (rest.IsCompleted)
            {
                await reader.CompleteAsync();
                return [.. taken];
            }
        }
    }

    private async Task SendAsync(byte[] bytes) => await _client.Writer.WriteAsync(bytes);

    /// <summary>All that can be had now; null if that is nothing.</summary>
    private byte[]? Take()
    {
        if (!_reader.TryRead(out ReadResult read))
        {
            return null;
        }

        byte[] bytes = read.Buffer.ToArray();
        _reader.AdvanceTo(read.Buffer.End);
        return bytes;
    }
}
