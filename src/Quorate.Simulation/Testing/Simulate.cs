using Quorate.Replica;

namespace Quorate.Simulation.Testing;

/// <summary>Where a test of a state machine of your own begins: see docs/testing-your-own.md.</summary>
public static class Simulate
{
    /// <summary>
    /// A cluster that replicates your state machine, in the simulated world. Say what clients propose
    /// (<see cref="StateMachineTest{TMachine}.Proposing"/>) and, if you like, what must hold; then run it.
    /// </summary>
    /// <param name="create">
    /// Makes an empty one. It is called for each start of each member, so it must give a new object, and one that shares
    /// nothing with the others: they stand for processes on different machines.
    /// </param>
    public static StateMachineTest<TMachine> StateMachine<TMachine>(Func<TMachine> create)
        where TMachine : class, IStateMachine
    {
        ArgumentNullException.ThrowIfNull(create);
        return new StateMachineTest<TMachine>(create);
    }
}
