namespace Quorate.Simulation;

/// <summary>
/// What is to happen, in order of virtual time; what is due at the same instant happens in the order of planning.
/// </summary>
/// <remarks>
/// A binary heap of our own: it is asked for every event, and comparing two numbers in line costs a fraction of what a
/// comparer does.
/// </remarks>
internal sealed class EventQueue
{
    private const int CapacityAtFirst = 1024;

    /// <summary>No entry comes before its parent, which is at half its place, where places count from one.</summary>
    private Entry[] _heap = new Entry[CapacityAtFirst];
    private long _sequence;

    public int Count { get; private set; }

    public void Add(in PlannedEvent planned)
    {
        if (++Count == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * _heap.Length);
        }

        Entry entry = new(planned.Time.Ticks, _sequence++, planned);
        int place = Count;
        while (place > 1 && entry.IsBefore(_heap[place / 2]))
        {
            _heap[place] = _heap[place / 2];
            place /= 2;
        }

        _heap[place] = entry;
    }

    public bool TryTakeUntil(TimeSpan end, out PlannedEvent planned)
    {
        if (Count == 0 || _heap[1].Time > end.Ticks)
        {
            planned = default;
            return false;
        }

        planned = _heap[1].Planned;
        Entry last = _heap[Count];
        _heap[Count--] = default;
        if (Count > 0)
        {
            PutDown(last);
        }

        return true;
    }

    /// <summary>The first place is free: the entry, and what must come before it, move there.</summary>
    private void PutDown(in Entry entry)
    {
        int place = 1;
        while (2 * place <= Count)
        {
            int child = 2 * place;
            if (child < Count && _heap[child + 1].IsBefore(_heap[child]))
            {
                child++;
            }

            if (!_heap[child].IsBefore(entry))
            {
                break;
            }

            _heap[place] = _heap[child];
            place = child;
        }

        _heap[place] = entry;
    }

    private readonly record struct Entry(long Time, long Sequence, PlannedEvent Planned)
    {
        public bool IsBefore(in Entry other) => Time < other.Time || (Time == other.Time && Sequence < other.Sequence);
    }

    /// <param name="Time">When.</param>
    /// <param name="Kind">What sort of thing.</param>
    /// <param name="Member">To whom; zero for the world itself.</param>
    /// <param name="Detail">What goes into the trace beside it.</param>
    /// <param name="Action">Carries it out.</param>
    internal readonly record struct PlannedEvent(TimeSpan Time, EventKind Kind, ulong Member, ulong Detail, Action Action);
}
