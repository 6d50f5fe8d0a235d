namespace Quorate.Simulation;

/// <summary>
/// What is to happen, in order of virtual time; what is due at the same instant happens in the order of planning.
/// </summary>
/// <remarks>
/// A binary heap of our own: it is asked for every event, and comparing two numbers in line costs a fraction of what a
/// comparer does. What moves about in it are keys without references, which the collector need not hear of; the events
/// themselves stay in their slots.
/// </remarks>
internal sealed class EventQueue
{
    private const int CapacityAtFirst = 1024;

    /// <summary>
    /// No key comes before its parent, which is at half its place, where places count from one. Beyond the last place the
    /// keys name the slots that are free, so each slot is named once, always.
    /// </summary>
    private Key[] _heap = [];
    private PlannedEvent[] _slots = [];
    private long _sequence;

    public EventQueue()
    {
        Grow(CapacityAtFirst);
    }

    public int Count { get; private set; }

    public void Add(in PlannedEvent planned)
    {
        if (++Count == _heap.Length)
        {
            Grow(2 * _heap.Length);
        }

        int slot = _heap[Count].Slot;
        _slots[slot] = planned;
        Key key = new(planned.Time.Ticks, _sequence++, slot);
        int place = Count;
        while (place > 1 && key.IsBefore(_heap[place / 2]))
        {
            _heap[place] = _heap[place / 2];
            place /= 2;
        }

        _heap[place] = key;
    }

    public bool TryTakeUntil(TimeSpan end, out PlannedEvent planned)
    {
        if (Count == 0 || _heap[1].Time > end.Ticks)
        {
            planned = default;
            return false;
        }

        int slot = _heap[1].Slot;
        planned = _slots[slot];
        _slots[slot] = default;
        Key last = _heap[Count];
        _heap[Count--] = new Key(0, 0, slot);
        if (Count > 0)
        {
            PutDown(last);
        }

        return true;
    }

    /// <summary>The first place is free: the key, and what must come before it, move there.</summary>
    private void PutDown(in Key key)
    {
        int place = 1;
        while (2 * place <= Count)
        {
            int child = 2 * place;
            if (child < Count && _heap[child + 1].IsBefore(_heap[child]))
            {
                child++;
            }

            if (!_heap[child].IsBefore(key))
            {
                break;
            }

            _heap[place] = _heap[child];
            place = child;
        }

        _heap[place] = key;
    }

    private void Grow(int capacity)
    {
        int before = _heap.Length;
        Array.Resize(ref _heap, capacity);
        Array.Resize(ref _slots, capacity);
        for (int place = before; place < capacity; place++)
        {
            _heap[place] = new Key(0, 0, place);
        }
    }

    private readonly record struct Key(long Time, long Sequence, int Slot)
    {
        public bool IsBefore(in Key other) => Time < other.Time || (Time == other.Time && Sequence < other.Sequence);
    }

    /// <param name="Time">When.</param>
    /// <param name="Kind">What sort of thing.</param>
    /// <param name="Member">To whom; zero for the world itself.</param>
    /// <param name="Detail">What goes into the trace beside it.</param>
    /// <param name="Action">Carries it out.</param>
    internal readonly record struct PlannedEvent(TimeSpan Time, EventKind Kind, ulong Member, ulong Detail, Action Action);
}
