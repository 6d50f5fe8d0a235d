using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// The events of operations that have no place yet, in order: a list from which an operation is taken when it gets a
/// place, and to which it is put back, exactly where it was, when the search thinks again.
/// </summary>
/// <remarks>
/// Entry zero is the head; operation i has its call at 2i+1 and its return at 2i+2. Operations without a return stand in
/// a list of their own, by calls only: they are tried after those that must be placed.
/// Taking out and putting back nest like brackets, so an entry's own links say where it was.
/// </remarks>
internal sealed class PendingEvents
{
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly int _openHead;

    /// <param name="operations">The operations.</param>
    public PendingEvents(IReadOnlyList<Operation> operations)
    {
        _openHead = (2 * operations.Count) + 1;
        _next = new int[_openHead + 1];
        _previous = new int[_openHead + 1];
        Array.Fill(_next, None);
        Array.Fill(_previous, None);
        List<(long Sequence, int Entry)> events = new(2 * operations.Count);
        int lastOpen = _openHead;
        for (int i = 0; i < operations.Count; i++)
        {
            if (operations[i].End == OperationEnd.Answered)
            {
                events.Add((operations[i].InvokedSequence, CallOf(i)));
                events.Add((operations[i].ReturnedSequence, CallOf(i) + 1));
            }
            else
            {
                Link(lastOpen, CallOf(i));
                lastOpen = CallOf(i);
            }
        }

        events.Sort((one, other) => one.Sequence.CompareTo(other.Sequence));
        int last = 0;
        foreach ((_, int entry) in events)
        {
            Link(last, entry);
            last = entry;
        }
    }

    /// <summary>No entry: the end of a list.</summary>
    public const int None = -1;

    /// <summary>The first event of an operation that must get a place; <see cref="None"/> once all have one.</summary>
    public int First => _next[0];

    /// <summary>The first call of an operation that may stay without a place.</summary>
    public int FirstOpen => _next[_openHead];

    public static bool IsReturn(int entry) => (entry & 1) == 0;

    public static int OperationOf(int entry) => (entry - 1) >> 1;

    public static int CallOf(int operation) => (2 * operation) + 1;

    public int After(int entry) => _next[entry];

    public void TakeOut(int operation, bool isOpen)
    {
        Unlink(CallOf(operation));
        if (!isOpen)
        {
            Unlink(CallOf(operation) + 1);
        }
    }

    public void PutBack(int operation, bool isOpen)
    {
        if (!isOpen)
        {
            Relink(CallOf(operation) + 1);
        }

        Relink(CallOf(operation));
    }

    private void Link(int entry, int next)
    {
        _next[entry] = next;
        _previous[next] = entry;
    }

    private void Unlink(int entry)
    {
        _next[_previous[entry]] = _next[entry];
        if (_next[entry] != None)
        {
            _previous[_next[entry]] = _previous[entry];
        }
    }

    private void Relink(int entry)
    {
        _next[_previous[entry]] = entry;
        if (_next[entry] != None)
        {
            _previous[_next[entry]] = entry;
        }
    }
}
