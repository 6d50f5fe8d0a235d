using Quorate.Replica.Requests;
using Quorate.Replica.Tests.World;

namespace Quorate.Replica.Tests.Requests;

public sealed class DeadlineWheelTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void A_request_comes_back_after_its_deadline_and_within_a_tick_of_it()
    {
        var random = new Raft.SeededRandom(3);
        DeadlineWheel wheel = new(s_tick, TimeSpan.Zero);
        Dictionary<ReplicaRequest, TimeSpan> deadlines = [];
        TimeSpan now = TimeSpan.Zero;
        for (int i = 0; i < 20_000; i++)
        {
            TestRead request = new(ReadConsistency.Local, TimeSpan.Zero);
            TimeSpan deadline = now + TimeSpan.FromMilliseconds(random.Next(20_000));
            wheel.Set(request, deadline);
            deadlines.Add(request, deadline);
            if (random.Next(4) == 0)
            {
                now += s_tick;
                wheel.Advance(now, expired =>
                {
                    deadlines.Remove(expired, out TimeSpan due).ShouldBeTrue();
                    due.ShouldBeInRange(now - (2 * s_tick), now);
                });
            }
        }

        deadlines.Values.ShouldAllBe(deadline => deadline >= now - s_tick);
    }

    [Fact]
    public void A_jump_of_the_clock_gives_back_everything_that_is_due_once()
    {
        DeadlineWheel wheel = new(s_tick, TimeSpan.Zero);
        for (int i = 0; i < 3000; i++)
        {
            wheel.Set(new TestRead(ReadConsistency.Local, TimeSpan.Zero), TimeSpan.FromMilliseconds(i * 10));
        }

        int count = 0;
        wheel.Advance(TimeSpan.FromSeconds(20) + s_tick, _ => count++);
        count.ShouldBe(2001);
        wheel.Advance(TimeSpan.FromHours(1), _ => count++);
        count.ShouldBe(3000);
    }

    [Fact]
    public void What_was_removed_or_set_anew_does_not_come_at_its_old_time()
    {
        DeadlineWheel wheel = new(s_tick, TimeSpan.Zero);
        TestRead removed = new(ReadConsistency.Local, TimeSpan.Zero);
        TestRead later = new(ReadConsistency.Local, TimeSpan.Zero);
        wheel.Set(removed, s_tick);
        wheel.Set(later, s_tick);
        DeadlineWheel.Remove(removed);
        wheel.Set(later, TimeSpan.FromMinutes(1));
        wheel.Advance(TimeSpan.FromSeconds(1), _ => throw new InvalidOperationException("nothing is due"));

        ReplicaRequest? back = null;
        wheel.Advance(TimeSpan.FromMinutes(1) + s_tick, request => back = request);
        back.ShouldBe(later);
    }

    [Fact]
    public void An_endless_timeout_is_a_long_one()
    {
        DeadlineWheel.DeadlineAfter(TimeSpan.FromDays(1), TimeSpan.MaxValue).ShouldBe(TimeSpan.FromDays(366));
        DeadlineWheel.DeadlineAfter(TimeSpan.FromDays(1), TimeSpan.FromSeconds(-1)).ShouldBe(TimeSpan.FromDays(1));
    }
}
