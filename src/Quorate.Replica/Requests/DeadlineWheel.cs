namespace Quorate.Replica.Requests;

/// <summary>
/// Gives requests back once their time has come, to the tick: a hashed timing wheel (Varghese and Lauck 1987, scheme 6).
/// Adding and removing take constant time, and equal times come in the order of adding.
/// </summary>
internal sealed class DeadlineWheel
{
    private const int Slots = 512;

    /// <summary>Nobody waits longer; keeps the arithmetic from overflowing.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(365);

    private readonly RequestList[] _slots = new RequestList[Slots];
    private readonly TimeSpan _tickInterval;
    private readonly TimeSpan _start;
    private long _tick;

    public DeadlineWheel(TimeSpan tickInterval, TimeSpan now)
    {
        _tickInterval = tickInterval;
        _start = now;
        for (int i = 0; i < Slots; i++)
        {
            _slots[i] = new RequestList(forWheel: true);
        }
    }

    /// <summary>When a wait of that length that begins now ends.</summary>
    public static TimeSpan DeadlineAfter(TimeSpan now, TimeSpan timeout) =>
        now + (timeout > s_longest ? s_longest : timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout);

    /// <summary>Sets when the request is given back, whether or not it had a time before.</summary>
    public void Set(ReplicaRequest request, TimeSpan deadline)
    {
        Remove(request);

        // Rounded up, so that nobody is sent away early.
        long due = (deadline - _start).Ticks / _tickInterval.Ticks + 1;
        request.DueTick = Math.Max(due, _tick + 1);
        _slots[request.DueTick % Slots].Add(request);
    }

    public static void Remove(ReplicaRequest request) => request.Wheel.List?.Remove(request);

    /// <summary>Takes out what is due by now. The callback may set and remove other requests.</summary>
    public void Advance(TimeSpan now, Action<ReplicaRequest> expired)
    {
        long target = (now - _start).Ticks / _tickInterval.Ticks;

        // After a jump of more than a round every slot is visited once.
        long from = Math.Max(_tick + 1, target - Slots + 1);
        _tick = Math.Max(_tick, target);
        for (long tick = from; tick <= target; tick++)
        {
            RequestList slot = _slots[tick % Slots];
            ReplicaRequest? next;
            for (ReplicaRequest? request = slot.First; request is not null; request = next)
            {
                next = slot.NextOf(request);
                if (request.DueTick <= target)
                {
                    slot.Remove(request);
                    expired(request);

                    // The callback may have taken the neighbour out of this slot.
                    if (next is not null && next.Wheel.List != slot)
                    {
                        next = slot.First;
                    }
                }
            }
        }
    }
}
