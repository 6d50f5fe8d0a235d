namespace Quorate.Replica.Tests.World;

/// <summary>A client's read; looks at the state when it may.</summary>
internal sealed class TestRead(ReadConsistency consistency, TimeSpan timeout) : ReadRequest(consistency, timeout)
{
    public ReadOutcome? Outcome { get; private set; }

    public Action<ReadOutcome>? Then { get; set; }

    protected internal override void Completed(ReadOutcome outcome)
    {
        Outcome.ShouldBeNull("a read ends once");
        Outcome = outcome;
        Then?.Invoke(outcome);
    }
}
