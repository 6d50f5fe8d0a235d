namespace Quorate.Simulation.Testing;

/// <summary>A state machine, or the system below it, did not keep what must hold.</summary>
public sealed class StateMachineTestException : Exception
{
    internal StateMachineTestException(StateMachineFailure failure)
        : base(failure.ToString(), failure.Violation)
    {
        Failure = failure;
    }

    /// <summary>What did not hold, and how to see it again.</summary>
    public StateMachineFailure Failure { get; }
}
