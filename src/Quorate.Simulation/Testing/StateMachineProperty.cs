namespace Quorate.Simulation.Testing;

/// <summary>
/// Names of the properties that a <see cref="StateMachineTest{TMachine}"/> checks besides those of every run
/// (docs/simulation.md) and your own.
/// </summary>
public static class StateMachineProperty
{
    /// <summary>What a client was told is applied is in the log, at the index it was told.</summary>
    public const string Durability = "durability";

    /// <summary>What a client was told is certainly not carried out was not.</summary>
    public const string Refusals = "refusals";

    /// <summary>
    /// An empty state machine that applies the same commands answers the same and comes to the same state: what it does
    /// depends on nothing else.
    /// </summary>
    public const string Replay = "replay";

    /// <summary>One that goes on from a snapshot answers as one that has applied everything, and comes to the same state.</summary>
    public const string Snapshots = "snapshots";

    /// <summary>The answers are those of the model.</summary>
    public const string Model = "model";
}
