using Quorate.Server.Watches;

namespace Quorate.Server.Tests.Watches;

public class SenderTurnsTests
{
    private readonly WatchWorld _world = new();

    [Fact]
    public void Whoever_serves_is_woken_by_the_first_in_line_only()
    {
        WatchSender first = _world.Open(new HeldWriter(), "k");
        WatchSender second = _world.Open(new HeldWriter(), "k");
        int before = _world.Wakes;
        _world.Turns.Add(first);
        _world.Turns.Add(second);
        (_world.Wakes - before).ShouldBe(1);
        _world.Turns.HasAny.ShouldBeTrue();
        var taken = new WatchSender[3];
        _world.Turns.Take(taken).ShouldBe(2);
        taken[..2].ShouldBe([first, second]);
        _world.Turns.HasAny.ShouldBeFalse();
        _world.Turns.Add(second);
        (_world.Wakes - before).ShouldBe(2);
    }

    [Fact]
    public void Whoever_serves_does_not_wake_itself()
    {
        WatchSender sender = _world.Open(new HeldWriter(), "k");
        int before = _world.Wakes;
        _world.Turns.Adopt();
        _world.Turns.Add(sender);
        _world.Wakes.ShouldBe(before);
        _world.Turns.HasAny.ShouldBeTrue();
    }
}
