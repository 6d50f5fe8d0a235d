using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// An order of operations that somebody holds to be a linearization: to check one is easy where to find one is hard. It is
/// believed only as far as it is checked, against the model and against real time, so it does not matter where it is from.
/// </summary>
internal sealed class ProposedOrder
{
    /// <summary>Most states that an order is followed through at once: operations of unknown outcome may lead to several.</summary>
    private const int StatesMax = 64;

    private readonly int[] _placeOf;

    public ProposedOrder(History history, IReadOnlyList<Operation> order)
    {
        _placeOf = new int[history.Operations.Count];
        for (int i = 0; i < order.Count; i++)
        {
            _placeOf[order[i].Number] = i + 1;
        }
    }

    /// <summary>Whether it explains a part of the history. Operations of unknown outcome may be left out of it, others may not.</summary>
    public bool Explains<TState>(ISequentialModel<TState> model, HistoryPart<TState> part, ref long steps)
    {
        Operation[] order = [.. part.Operations.Where(operation => _placeOf[operation.Number] > 0)];
        if (part.Operations.Any(operation => operation.End == OperationEnd.Answered && _placeOf[operation.Number] == 0))
        {
            return false;
        }

        Array.Sort(order, (one, other) => _placeOf[one.Number].CompareTo(_placeOf[other.Number]));
        return KeepsRealTime(order) && Leads(model, part.Initial, order, ref steps);
    }

    /// <summary>None comes behind one that was invoked only after its return.</summary>
    private static bool KeepsRealTime(Operation[] order)
    {
        long firstReturn = Operation.NeverReturned;
        for (int i = order.Length - 1; i >= 0; i--)
        {
            if (firstReturn < order[i].InvokedSequence)
            {
                return false;
            }

            // Where the outcome is not known, nothing says that the return came after the effect.
            if (order[i].End == OperationEnd.Answered)
            {
                firstReturn = Math.Min(firstReturn, order[i].ReturnedSequence);
            }
        }

        return true;
    }

    private static bool Leads<TState>(ISequentialModel<TState> model, TState initial, Operation[] order, ref long steps)
    {
        List<TState> states = [initial];
        List<TState> successors = [];
        foreach (Operation operation in order)
        {
            successors.Clear();
            foreach (TState state in states)
            {
                steps++;
                model.Step(state, operation, successors);
            }

            if (successors.Count is 0 or > StatesMax)
            {
                return false;
            }

            (states, successors) = (successors, states);
        }

        return true;
    }
}
