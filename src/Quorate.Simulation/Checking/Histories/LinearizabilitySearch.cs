using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// The search through one part of a history (Wing and Gong 1993, Lowe 2017): give a place to any operation that was
/// invoked before the first return among those without one, go on from there, and take it back when nothing leads on.
/// </summary>
internal sealed class LinearizabilitySearch<TState>(ISequentialModel<TState> model, HistoryPart<TState> part)
{
    private readonly IReadOnlyList<Operation> _operations = part.Operations;
    private readonly PendingEvents _events = new(part.Operations);
    private readonly LinearizedSet _linearized = new(part.Operations.Count);
    private readonly TriedConfigurations<TState> _tried = new(model);
    private readonly Stack<Placed> _placed = new();
    private readonly List<TState> _successors = [];
    private int _answeredPlaced;
    private int _answeredPlacedMost = -1;

    /// <summary>States that were looked at.</summary>
    public long Steps { get; private set; }

    /// <summary>The longest order found, where there is none for all.</summary>
    public IReadOnlyList<Operation> LongestPrefix { get; private set; } = [];

    /// <summary>What could have come next in real time after <see cref="LongestPrefix"/>.</summary>
    public IReadOnlyList<Operation> Stuck { get; private set; } = [];

    public HistoryVerdict Run(long stepsMax)
    {
        TState state = part.Initial;
        int entry = _events.First;
        bool isAmongOpen = false;
        while (_events.First != PendingEvents.None)
        {
            if (!isAmongOpen && PendingEvents.IsReturn(entry))
            {
                // Whoever must have a place before that return has been tried; now those that may have one.
                entry = _events.FirstOpen;
                isAmongOpen = true;
            }

            if (isAmongOpen && !IsInvokedInTime(entry))
            {
                NoteIfFarthest();
                if (!TryTakeBack(ref state, out entry, out isAmongOpen))
                {
                    return HistoryVerdict.Violated;
                }

                continue;
            }

            int operation = PendingEvents.OperationOf(entry);
            if (Steps >= stepsMax)
            {
                NoteIfFarthest();
                return HistoryVerdict.Undecided;
            }

            Steps++;
            _successors.Clear();
            model.Step(state, _operations[operation], _successors);
            if (TryPlace(operation, isAmongOpen, _successors, ref state))
            {
                entry = _events.First;
                isAmongOpen = false;
            }
            else
            {
                entry = _events.After(entry);
            }
        }

        return HistoryVerdict.Holds;
    }

    /// <summary>Whether an operation of unknown outcome may come before the first return that has no place.</summary>
    private bool IsInvokedInTime(int entry)
    {
        if (entry == PendingEvents.None)
        {
            return false;
        }

        int first = _events.First;
        while (!PendingEvents.IsReturn(first))
        {
            first = _events.After(first);
        }

        return _operations[PendingEvents.OperationOf(entry)].InvokedSequence
            < _operations[PendingEvents.OperationOf(first)].ReturnedSequence;
    }

    /// <summary>Goes to the first of the successors that leads to a configuration not met yet; the rest is kept for later.</summary>
    private bool TryPlace(int operation, bool isOpen, List<TState> candidates, ref TState state)
    {
        _linearized.Flip(operation);
        for (int i = 0; i < candidates.Count; i++)
        {
            // One that need not have a place is not given one for nothing.
            bool isIdle = isOpen && model.AreEqual(state, candidates[i]);
            if (!isIdle && _tried.Add(_linearized, candidates[i]))
            {
                _placed.Push(new Placed(operation, isOpen, state, i + 1 < candidates.Count ? candidates[(i + 1)..] : null));
                state = candidates[i];
                _events.TakeOut(operation, isOpen);
                _answeredPlaced += isOpen ? 0 : 1;
                return true;
            }
        }

        _linearized.Flip(operation);
        return false;
    }

    /// <summary>Takes back the last operation placed, and goes on behind it, or with what else it could lead to.</summary>
    private bool TryTakeBack(ref TState state, out int entry, out bool isAmongOpen)
    {
        entry = PendingEvents.None;
        isAmongOpen = false;
        if (!_placed.TryPop(out Placed last))
        {
            return false;
        }

        state = last.Before;
        _linearized.Flip(last.Operation);
        _events.PutBack(last.Operation, last.IsOpen);
        _answeredPlaced -= last.IsOpen ? 0 : 1;
        if (last.Others is not null && TryPlace(last.Operation, last.IsOpen, last.Others, ref state))
        {
            entry = _events.First;
            return true;
        }

        entry = _events.After(PendingEvents.CallOf(last.Operation));
        isAmongOpen = last.IsOpen;
        return true;
    }

    private void NoteIfFarthest()
    {
        if (_answeredPlaced <= _answeredPlacedMost)
        {
            return;
        }

        _answeredPlacedMost = _answeredPlaced;
        LongestPrefix = [.. _placed.Reverse().Select(placed => _operations[placed.Operation])];
        List<Operation> stuck = [];
        for (int entry = _events.First; entry != PendingEvents.None && !PendingEvents.IsReturn(entry); entry = _events.After(entry))
        {
            stuck.Add(_operations[PendingEvents.OperationOf(entry)]);
        }

        Stuck = stuck;
    }

    private readonly record struct Placed(int Operation, bool IsOpen, TState Before, List<TState>? Others);
}
