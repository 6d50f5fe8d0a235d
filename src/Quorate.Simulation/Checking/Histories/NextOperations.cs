using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Which operations may get the next place: of those invoked before the first return, the ones that hang together with the
/// operation that returns first. See <see cref="LinearizabilitySearch{TState}"/> for why the others can wait.
/// </summary>
internal sealed class NextOperations(IReadOnlyList<Operation> operations, IReadOnlyList<Footprint> footprints, int thingCount)
{
    private readonly List<int> _eligible = [];
    private readonly List<int> _chosen = [];
    private readonly Footprint _touched = new(thingCount);

    /// <summary>Those with an answer in order of invocation, then those of unknown outcome. None once all have a place.</summary>
    public int[] Choose(PendingEvents events)
    {
        int firstReturn = events.First;
        if (firstReturn == PendingEvents.None)
        {
            return [];
        }

        _eligible.Clear();
        for (; !PendingEvents.IsReturn(firstReturn); firstReturn = events.After(firstReturn))
        {
            _eligible.Add(PendingEvents.OperationOf(firstReturn));
        }

        int mustCome = PendingEvents.OperationOf(firstReturn);
        long deadline = operations[mustCome].ReturnedSequence;
        for (int open = events.FirstOpen; open != PendingEvents.None; open = events.After(open))
        {
            if (operations[PendingEvents.OperationOf(open)].InvokedSequence > deadline)
            {
                break;
            }

            _eligible.Add(PendingEvents.OperationOf(open));
        }

        _touched.CopyFrom(footprints[mustCome]);
        _chosen.Clear();
        _chosen.Add(mustCome);
        _eligible.Remove(mustCome);
        for (int before = -1; before != _chosen.Count;)
        {
            before = _chosen.Count;
            for (int i = 0; i < _eligible.Count; i++)
            {
                if (_eligible[i] >= 0 && !footprints[_eligible[i]].IsIndependentOf(_touched))
                {
                    _touched.Add(footprints[_eligible[i]]);
                    _chosen.Add(_eligible[i]);
                    _eligible[i] = -1;
                }
            }
        }

        // The part's operations are in order of invocation.
        int[] chosen = [.. _chosen];
        Array.Sort(chosen, (one, other) =>
        {
            bool isOpen = operations[one].End != OperationEnd.Answered;
            bool isOtherOpen = operations[other].End != OperationEnd.Answered;
            return isOpen == isOtherOpen ? one.CompareTo(other) : isOpen ? 1 : -1;
        });
        return chosen;
    }
}
