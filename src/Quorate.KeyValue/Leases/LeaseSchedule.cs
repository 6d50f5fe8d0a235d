namespace Quorate.KeyValue.Leases;

/// <summary>
/// All leases of a table, the one to be looked at first on top: a binary heap in which each knows its place, so that a
/// lease that is renewed or revoked moves or leaves in logarithmic time and nothing of it stays behind.
/// </summary>
/// <remarks>In order of due time, then of id: equal times come in the same order in every run.</remarks>
internal sealed class LeaseSchedule
{
    private readonly List<LeaseCountdown> _heap = [];

    public int Count => _heap.Count;

    /// <summary>The one that is due first; null where there is none.</summary>
    public LeaseCountdown? First => _heap.Count > 0 ? _heap[0] : null;

    /// <summary>Puts one in, or moves it.</summary>
    public void Set(LeaseCountdown countdown, long dueMilliseconds)
    {
        countdown.DueMilliseconds = dueMilliseconds;
        if (countdown.Place < 0)
        {
            countdown.Place = _heap.Count;
            _heap.Add(countdown);
        }

        Sink(Rise(countdown.Place));
    }

    /// <summary>Takes one out, if it is in.</summary>
    public void Remove(LeaseCountdown countdown)
    {
        int place = countdown.Place;
        if (place < 0)
        {
            return;
        }

        LeaseCountdown last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        countdown.Place = -1;
        if (last != countdown)
        {
            Put(last, place);
            Sink(Rise(place));
        }
    }

    private int Rise(int place)
    {
        LeaseCountdown rising = _heap[place];
        while (place > 0 && IsBefore(rising, _heap[(place - 1) / 2]))
        {
            Put(_heap[(place - 1) / 2], place);
            place = (place - 1) / 2;
        }

        Put(rising, place);
        return place;
    }

    private void Sink(int place)
    {
        LeaseCountdown sinking = _heap[place];
        for (int child = (2 * place) + 1; child < _heap.Count; child = (2 * place) + 1)
        {
            if (child + 1 < _heap.Count && IsBefore(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsBefore(_heap[child], sinking))
            {
                break;
            }

            Put(_heap[child], place);
            place = child;
        }

        Put(sinking, place);
    }

    private void Put(LeaseCountdown countdown, int place)
    {
        _heap[place] = countdown;
        countdown.Place = place;
    }

    private static bool IsBefore(LeaseCountdown one, LeaseCountdown other) =>
        (one.DueMilliseconds, one.Lease.Id).CompareTo((other.DueMilliseconds, other.Lease.Id)) < 0;
}
