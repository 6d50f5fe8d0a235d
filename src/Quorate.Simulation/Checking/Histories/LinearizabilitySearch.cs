using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// The search through one part of a history (Wing and Gong 1993, Lowe 2017): give a place to an operation that was
/// invoked before the first return among those without one, go on from there, and take it back when nothing leads on.
/// </summary>
/// <remarks>
/// Two things keep it short, and lose nothing:
/// <list type="bullet">
/// <item>The operation with the first return, call it Y, has a place before all that are invoked later. So whatever the
/// order is, among the operations that hang together with Y by what they touch, one comes first, and only such come
/// before it as touch nothing of theirs: it can as well come now. Only these are tried (the persistent sets of Godefroid,
/// "Partial-order methods for the verification of concurrent systems", 1996).</item>
/// <item>An answer that fits the state and leaves it as it is can as well come now as later: nothing else is tried
/// beside it.</item>
/// </list>
/// </remarks>
internal sealed class LinearizabilitySearch<TState>(ISequentialModel<TState> model, HistoryPart<TState> part)
{
    private readonly IReadOnlyList<Operation> _operations = part.Operations;
    private readonly PendingEvents _events = new(part.Operations);
    private readonly LinearizedSet _linearized = new(part.Operations.Count);
    private readonly TriedConfigurations<TState> _tried = new(model);
    private readonly Stack<Placed> _placed = new();
    private readonly List<TState> _successors = [];
    private readonly NextOperations _next = new(part.Operations, part.Footprints, part.ThingCount);
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
        int[] choices = _next.Choose(_events);
        int choice = 0;
        while (_events.First != PendingEvents.None)
        {
            if (Steps >= stepsMax)
            {
                NoteIfFarthest();
                return HistoryVerdict.Undecided;
            }

            if (choice < choices.Length)
            {
                Steps++;
                _successors.Clear();
                model.Step(state, _operations[choices[choice]], _successors);
                if (TryPlace(choices, choice, _successors, ref state))
                {
                    choices = _next.Choose(_events);
                    choice = 0;
                }
                else
                {
                    choice++;
                }

                continue;
            }

            NoteIfFarthest();
            if (!_placed.TryPop(out Placed last))
            {
                return HistoryVerdict.Violated;
            }

            TakeBack(last);
            state = last.Before;
            choices = last.Choices;
            choice = last.Choice + 1;
            if (last.Others is not null && TryPlace(last.Choices, last.Choice, last.Others, ref state))
            {
                choices = _next.Choose(_events);
                choice = 0;
            }
        }

        return HistoryVerdict.Holds;
    }

    /// <summary>Goes to the first of the successors that leads to a configuration not met yet; the rest is kept for later.</summary>
    private bool TryPlace(int[] choices, int choice, List<TState> candidates, ref TState state)
    {
        int operation = choices[choice];
        bool isOpen = _operations[operation].End != OperationEnd.Answered;
        _linearized.Flip(operation);
        for (int i = 0; i < candidates.Count; i++)
        {
            bool changesNothing = model.AreEqual(state, candidates[i]);

            // One that need not have a place is not given one for nothing.
            if (!(isOpen && changesNothing) && _tried.Add(_linearized, candidates[i]))
            {
                bool isSettled = changesNothing && candidates.Count == 1;
                _placed.Push(new Placed(
                    isSettled ? [operation] : choices,
                    isSettled ? 0 : choice,
                    state,
                    i + 1 < candidates.Count ? candidates[(i + 1)..] : null));
                state = candidates[i];
                _events.TakeOut(operation, isOpen);
                _answeredPlaced += isOpen ? 0 : 1;
                return true;
            }
        }

        _linearized.Flip(operation);
        return false;
    }

    private void TakeBack(in Placed last)
    {
        int operation = last.Choices[last.Choice];
        bool isOpen = _operations[operation].End != OperationEnd.Answered;
        _linearized.Flip(operation);
        _events.PutBack(operation, isOpen);
        _answeredPlaced -= isOpen ? 0 : 1;
    }

    private void NoteIfFarthest()
    {
        if (_answeredPlaced <= _answeredPlacedMost)
        {
            return;
        }

        _answeredPlacedMost = _answeredPlaced;
        LongestPrefix = [.. _placed.Reverse().Select(placed => _operations[placed.Choices[placed.Choice]])];
        Stuck = [.. _next.Choose(_events).Select(operation => _operations[operation])
            .Where(operation => operation.End == OperationEnd.Answered)];
    }

    /// <summary>An operation that has a place.</summary>
    /// <param name="Choices">Those that could have been placed instead.</param>
    /// <param name="Choice">Which of them it is: the ones before led nowhere.</param>
    /// <param name="Before">The state before it.</param>
    /// <param name="Others">States that it could lead to besides, if any.</param>
    private readonly record struct Placed(int[] Choices, int Choice, TState Before, List<TState>? Others);
}
