using Quorate.Server.Watches;

namespace Quorate.Server.Tests.Watches;

public class WatchSenderTests
{
    private readonly WatchWorld _world = new();
    private readonly HeldWriter _writer = new();

    [Fact]
    public void What_a_stream_has_to_say_leaves_with_one_flush()
    {
        WatchSender sender = _world.Open(_writer, "k");
        sender.Stream.Receive(WatchWorld.Create("other"));
        int before = _writer.Flushes;
        _world.Put("k", "1");
        _world.Put("k", "2");
        _world.Put("other", "3");
        _world.Advance();
        _world.Serve().ShouldBe(1);
        _writer.Values().ShouldBe(["1", "2", "3"]);
        _writer.Flushes.ShouldBe(before + 1);
        _writer.PendingBytes.ShouldBe(0);
    }

    [Fact]
    public void A_stream_with_nothing_to_say_gets_no_turn()
    {
        _world.Open(_writer, "k");
        _world.Put("other", "1");
        _world.Advance();
        _world.Serve().ShouldBe(0);
    }

    [Fact]
    public void A_client_that_does_not_read_gets_no_turn_until_it_does_and_the_others_get_theirs()
    {
        var slow = new HeldWriter();
        _world.Open(slow, "k");
        _world.Open(_writer, "k");
        slow.Holds = true;
        PutAndServe("1").ShouldBe(2);

        // One turn to learn that the flush is not done, none after.
        PutAndServe("2").ShouldBe(2);
        PutAndServe("3").ShouldBe(1);
        PutAndServe("4").ShouldBe(1);
        _writer.Values().ShouldBe(["1", "2", "3", "4"]);
        slow.Values().ShouldBe(["1"]);

        slow.Release();
        _world.Serve().ShouldBe(1);
        slow.Values().ShouldBe(["1", "2", "3", "4"]);
        slow.Sent.Count.ShouldBe(2, "what came meanwhile shares a message");
        PutAndServe("5").ShouldBe(2);
        slow.Values().Last().ShouldBe("5");
    }

    [Fact]
    public void A_stream_with_very_much_to_say_is_served_in_turns_between_which_the_others_get_theirs()
    {
        string large = new('v', 60_000);
        WatchSender sender = _world.Open(_writer, "a");
        sender.Stream.Receive(WatchWorld.Create("b"));
        sender.Stream.Receive(WatchWorld.Create("c"));
        _world.Serve();
        int before = _writer.Flushes;
        _world.Put("a", large);
        _world.Put("b", large);
        _world.Put("c", large);
        _world.Advance();
        _world.Serve().ShouldBe(2);
        _writer.Flushes.ShouldBe(before + 2);
        _writer.Values().ShouldBe([large, large, large]);
    }

    [Fact]
    public void Very_much_to_say_waits_for_the_transport_between_two_turns()
    {
        string large = new('v', 60_000);
        WatchSender sender = _world.Open(_writer, "a");
        sender.Stream.Receive(WatchWorld.Create("b"));
        sender.Stream.Receive(WatchWorld.Create("c"));
        _world.Serve();
        _writer.Holds = true;
        _world.Put("a", large);
        _world.Put("b", large);
        _world.Put("c", large);
        _world.Advance();
        _world.Serve().ShouldBe(1);
        _writer.Values().Count().ShouldBe(2);
        _writer.Release();
        _world.Serve().ShouldBe(1);
        _writer.Values().Count().ShouldBe(3);
    }

    [Fact]
    public async Task An_end_while_the_transport_is_waited_for_is_over_with_the_wait_and_nothing_is_written_after_it()
    {
        using var ending = new CancellationTokenSource();
        WatchSender sender = _world.Open(_writer, "k", ending.Token);
        _writer.Holds = true;
        PutAndServe("1");
        PutAndServe("2");
        await ending.CancelAsync();
        await sender.EndAsync();
        PutAndServe("3");
        sender.Stream.Close();
        PutAndServe("4");
        _writer.Values().ShouldBe(["1"]);
    }

    [Fact]
    public void A_stream_that_has_two_turns_before_its_flush_is_flushed_once()
    {
        WatchSender sender = _world.Open(_writer, "k");
        int before = _writer.Flushes;
        _world.Put("k", "1");
        _world.Advance();
        sender.Write(_world.Scratch).ShouldBeTrue();
        _world.Put("k", "2");
        _world.Advance();
        sender.Write(_world.Scratch).ShouldBeFalse();
        _writer.Values().ShouldBe(["1", "2"]);
        sender.Flush();
        _writer.Flushes.ShouldBe(before + 1);
        _writer.PendingBytes.ShouldBe(0);
    }

    [Fact]
    public async Task An_end_between_writing_and_flushing_leaves_the_transport_alone()
    {
        WatchSender sender = _world.Open(_writer, "k");
        int before = _writer.Flushes;
        _world.Put("k", "1");
        _world.Advance();
        sender.Write(_world.Scratch).ShouldBeTrue();
        await sender.EndAsync();
        sender.Flush();
        _writer.Flushes.ShouldBe(before);
    }

    [Fact]
    public async Task What_the_transport_has_against_a_stream_ends_that_stream_alone()
    {
        var broken = new HeldWriter();
        WatchSender sender = _world.Open(broken, "k");
        _world.Open(_writer, "k");
        broken.Refusal = new InvalidOperationException("gone");
        PutAndServe("1");
        (await Should.ThrowAsync<InvalidOperationException>(() => sender.Failed)).Message.ShouldBe("gone");
        PutAndServe("2");
        broken.Flushes.ShouldBe(2, "that of its creation, and the one that failed");
        _writer.Values().ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task A_flush_that_fails_later_ends_its_stream()
    {
        using var ending = new CancellationTokenSource();
        WatchSender sender = _world.Open(_writer, "k", ending.Token);
        _writer.Holds = true;
        PutAndServe("1");
        await ending.CancelAsync();
        PutAndServe("2");
        await Should.ThrowAsync<OperationCanceledException>(() => sender.Failed);
    }

    /// <summary>An object takes 24 bytes at least, and what the streams share is made once for all of them.</summary>
    [Fact]
    public void An_event_allocates_nothing_for_each_stream_that_it_is_brought_to()
    {
        const int Streams = 500;
        const int Events = 20;
        for (int i = 0; i < Streams; i++)
        {
            var writer = new HeldWriter();
            _world.Open(writer, "k");
            writer.Keeps = false;
        }

        long allocated = 0;
        for (int i = 0; i < 2 * Events; i++)
        {
            _world.Put("k", "value");
            long before = GC.GetAllocatedBytesForCurrentThread();
            _world.Advance();
            _world.Serve().ShouldBe(Streams);

            // The first let lists and queues grow.
            allocated += i < Events ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        (allocated / (Streams * Events)).ShouldBeLessThan(12);
    }

    private int PutAndServe(string value)
    {
        _world.Put("k", value);
        _world.Advance();
        return _world.Serve();
    }
}
