namespace Quorate.Runtime.Tests.Loop;

/// <summary>No wake-up is ever lost, whatever the two sides are doing.</summary>
public sealed class SignalTests
{
    private const int Rounds = 20_000;

    [Fact]
    public void A_thread_sees_everything_that_was_counted_before_a_raise()
    {
        var signal = new WakeSignal();
        int given = 0;
        var giver = new Thread(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                Interlocked.Increment(ref given);
                signal.Raise();
            }
        });
        giver.Start();
        while (Volatile.Read(ref given) < Rounds)
        {
            // Without a lost wake-up every wait ends long before the limit.
            int before = Volatile.Read(ref given);
            (signal.Wait(Patience.Limit) || Volatile.Read(ref given) > before).ShouldBeTrue("a wake-up was lost");
        }

        giver.Join();
    }

    [Fact]
    public void A_wait_without_a_raise_ends_by_itself()
    {
        var signal = new WakeSignal();
        signal.Wait(TimeSpan.FromMilliseconds(1)).ShouldBeFalse();
        signal.Wait(TimeSpan.FromTicks(1)).ShouldBeFalse();
        signal.Wait(TimeSpan.Zero).ShouldBeFalse();
        signal.Raise();
        signal.Raise();
        signal.Wait(TimeSpan.Zero).ShouldBeTrue();
        signal.Wait(TimeSpan.Zero).ShouldBeFalse();
    }

    [Fact]
    public async Task An_asynchronous_waiter_sees_everything_that_was_counted_before_a_raise()
    {
        var signal = new AsyncSignal();
        int given = 0;
        Task giver = Task.Run(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                Interlocked.Increment(ref given);
                signal.Raise();
            }
        });
        while (Volatile.Read(ref given) < Rounds)
        {
            await Patience.ForAsync(signal.WaitAsync().AsTask());
        }

        await giver;
    }
}
