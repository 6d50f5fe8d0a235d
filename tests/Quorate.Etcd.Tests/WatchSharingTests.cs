using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Etcd.Watches;

namespace Quorate.Etcd.Tests;

/// <summary>What streams take, and what of it they share.</summary>
public class WatchSharingTests
{
    private readonly EtcdWorld world = new();

    [Fact]
    public void Streams_that_have_the_same_to_tell_share_one_message()
    {
        WatchClient[] clients = [new(world), new(world), new(world)];
        foreach (WatchClient client in clients)
        {
            client.Create(On("a"));
            client.Read();
        }

        world.Put("a", "1");
        world.Put("a", "2");
        clients[0].Read().ShouldHaveSingleItem().Events.Count.ShouldBe(2);
        WatchMessage second = TakeOne(clients[1]);
        TakeOne(clients[2]).ShouldBeSameAs(second);

        // One that is behind the others has more to tell, and another id or term is another message.
        world.Put("a", "3");
        clients[0].Read();
        world.Put("a", "4");
        clients[1].Create(On("a"));
        clients[1].Read().Select(told => (told.WatchId, told.Events.Count)).ShouldBe([(1, 0), (0, 2)]);
        TakeOne(clients[0]).ToResponse().Events.ShouldHaveSingleItem().Kv.Value.ToStringUtf8().ShouldBe("4");
        world.Put("a", "5");
        clients[1].Read().Select(told => told.WatchId).ShouldBe([1, 0], ignoreOrder: true);
        WatchMessage before = TakeOne(clients[0]);
        before.ToResponse().WatchId.ShouldBe(0);
        world.Put("a", "6");
        clients[1].Read();
        world.Replica.Status = world.Replica.Status with { Term = 4 };
        TakeOne(clients[0]).ToResponse().Header.RaftTerm.ShouldBe(4ul);
    }

    [Fact]
    public void Streams_that_want_what_was_replaced_do_not_share_with_those_that_do_not()
    {
        world.Put("a", "1");
        var plain = new WatchClient(world);
        var withPrevious = new WatchClient(world);
        plain.Create(On("a"));
        WatchCreateRequest request = On("a");
        request.PrevKv = true;
        withPrevious.Create(request);
        plain.Read();
        withPrevious.Read();
        world.Put("a", "2");
        plain.ReadEvents().ShouldBe(["3 Put a=2"]);
        withPrevious.ReadEvents().ShouldBe(["3 Put a=2 was 1"]);
    }

    [Fact]
    public void All_that_a_stream_has_is_taken_at_once_up_to_a_number_of_bytes()
    {
        var client = new WatchClient(world);
        client.Create(On("a"));
        client.Create(On("b"));
        List<WatchMessage> messages = [];
        client.Stream.Take(messages, 1 << 20).ShouldBeFalse();
        messages.Count.ShouldBe(2);
        world.Put("a", "1");
        world.Put("b", "2");
        client.Advance();
        messages.Clear();
        client.Stream.Take(messages, 1).ShouldBeTrue();
        messages.ShouldHaveSingleItem();
        client.Stream.Take(messages, 1).ShouldBeTrue();
        client.Stream.Take(messages, 1).ShouldBeFalse();
        messages.Count.ShouldBe(2);
        int wakes = client.Wakes;
        world.Put("a", "3");
        client.Advance();
        client.Wakes.ShouldBe(wakes + 1);
    }

    [Fact]
    public void A_take_reads_one_step_of_history_and_not_more()
    {
        for (int i = 0; i < 3000; i++)
        {
            world.Put("other", "x");
        }

        var client = new WatchClient(world);
        client.Create(On("a", start: 2));
        client.Create(new WatchCreateRequest { Key = Ask.Bytes("other"), RangeEnd = Ask.Bytes("others"), StartRevision = 2 });
        List<WatchMessage> messages = [];
        List<int> events = [];
        while (client.Stream.Take(messages, int.MaxValue))
        {
            events.Add(messages.Sum(message => message.EventCount));
            messages.Clear();
        }

        events.Add(messages.Sum(message => message.EventCount));
        events.Sum().ShouldBe(3000);
        events.ShouldAllBe(count => count <= 1000);
    }

    private static WatchMessage TakeOne(WatchClient client)
    {
        client.Advance();
        client.Stream.TryTake(out WatchMessage? message).ShouldBeTrue();
        client.Stream.TryTake(out _).ShouldBeFalse();
        return message.ShouldNotBeNull();
    }

    private static WatchCreateRequest On(string key, long start = 0) => new() { Key = Ask.Bytes(key), StartRevision = start };
}
