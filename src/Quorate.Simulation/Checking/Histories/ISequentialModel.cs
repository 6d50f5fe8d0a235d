using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// What a system does when it is asked one thing at a time: the specification that a history must be explainable by
/// (Herlihy and Wing 1990, §3).
/// </summary>
/// <typeparam name="TState">A state; it must not change once it was handed out.</typeparam>
public interface ISequentialModel<TState>
{
    /// <summary>
    /// Splits a history into parts that have nothing to do with each other. By locality (Herlihy and Wing 1990, §3.2) the
    /// whole is linearizable exactly when every part is. Operations that say nothing are left out. Within a part, footprints
    /// say which operations do not mind each other's order.
    /// </summary>
    IReadOnlyList<HistoryPart<TState>> Partition(History history);

    /// <summary>
    /// Adds every state that an operation can lead to; none where it could not have been answered so in this state. An
    /// operation whose outcome is not known has no answer, and fits every state.
    /// </summary>
    void Step(TState state, Operation operation, List<TState> successors);

    /// <summary>Whether two states are one.</summary>
    bool AreEqual(TState one, TState other);

    /// <summary>The same number for equal states, in every run.</summary>
    ulong Hash(TState state);
}
