namespace Quorate.Simulation;

/// <summary>
/// What is to happen, in order of virtual time; what is due at the same instant happens in the order of planning.
/// </summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<PlannedEvent, (TimeSpan Time, long Sequence)> _events = new();
    private long _sequence;

    public int Count => _events.Count;

    public void Add(PlannedEvent planned) => _events.Enqueue(planned, (planned.Time, _sequence++));

    public bool TryTakeUntil(TimeSpan end, out PlannedEvent planned)
    {
        if (_events.TryPeek(out planned, out _) && planned.Time <= end)
        {
            _events.Dequeue();
            return true;
        }

        planned = default;
        return false;
    }

    /// <param name="Time">When.</param>
    /// <param name="Kind">What sort of thing.</param>
    /// <param name="Member">To whom; zero for the world itself.</param>
    /// <param name="Detail">What goes into the trace beside it.</param>
    /// <param name="Action">Carries it out.</param>
    internal readonly record struct PlannedEvent(TimeSpan Time, EventKind Kind, ulong Member, ulong Detail, Action Action);
}
