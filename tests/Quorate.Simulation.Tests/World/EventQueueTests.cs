using Quorate.Raft;

namespace Quorate.Simulation.Tests.World;

public sealed class EventQueueTests
{
    [Fact]
    public void Events_come_in_order_of_time_and_at_one_instant_in_order_of_planning()
    {
        EventQueue queue = new();
        SeededRandom random = new(1);
        SortedSet<(TimeSpan Time, ulong Number)> expected = [];
        TimeSpan now = TimeSpan.Zero;
        for (ulong number = 0; number < 20_000; number++)
        {
            TimeSpan time = now + TimeSpan.FromTicks(random.Next(50));
            queue.Add(new EventQueue.PlannedEvent(time, EventKind.Planned, 0, number, static () => { }));
            expected.Add((time, number));
            while (random.Next(2) == 0 && queue.TryTakeUntil(TimeSpan.MaxValue, out EventQueue.PlannedEvent taken))
            {
                (taken.Time, taken.Detail).ShouldBe(expected.Min);
                expected.Remove(expected.Min);
                now = taken.Time;
            }

            queue.Count.ShouldBe(expected.Count);
        }
    }

    [Fact]
    public void A_queue_that_has_grown_holds_every_event_in_its_order()
    {
        EventQueue queue = new();
        for (ulong number = 0; number < 5_000; number++)
        {
            queue.Add(new EventQueue.PlannedEvent(TimeSpan.FromTicks((long)(number % 7)), EventKind.Planned, 0, number, static () => { }));
        }

        List<(TimeSpan Time, ulong Number)> taken = [];
        while (queue.TryTakeUntil(TimeSpan.MaxValue, out EventQueue.PlannedEvent planned))
        {
            taken.Add((planned.Time, planned.Detail));
        }

        taken.Count.ShouldBe(5_000);
        taken.ShouldBe(taken.Order());
    }

    [Fact]
    public void Nothing_is_taken_that_is_due_later()
    {
        EventQueue queue = new();
        queue.Add(new EventQueue.PlannedEvent(TimeSpan.FromSeconds(2), EventKind.Planned, 0, 0, static () => { }));

        queue.TryTakeUntil(TimeSpan.FromSeconds(1), out _).ShouldBeFalse();
        queue.TryTakeUntil(TimeSpan.FromSeconds(2), out _).ShouldBeTrue();
        queue.TryTakeUntil(TimeSpan.FromSeconds(3), out _).ShouldBeFalse();
    }
}
