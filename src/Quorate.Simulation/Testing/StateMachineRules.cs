using System.Collections.Immutable;
using Quorate.Replica;

namespace Quorate.Simulation.Testing;

/// <summary>What a test says of a state machine: what clients propose, and what must hold.</summary>
internal sealed record StateMachineRules<TMachine>(Func<TMachine> Create)
    where TMachine : class, IStateMachine
{
    public Func<ClientTurn, ReadOnlyMemory<byte>>? Next { get; init; }

    public int CommandsPerSecond { get; init; } = 50;

    public Func<TMachine, ulong> Hash { get; init; } = SnapshotBytes.HashOf;

    public Func<object?, object?, bool> AreEqualAnswers { get; init; } = Answers.AreEqual;

    public Func<ReadOnlyMemory<byte>, string> Text { get; init; } = static command =>
        command.Length <= 64 ? Convert.ToHexStringLower(command.Span) : Convert.ToHexStringLower(command.Span[..64]) + "…";

    /// <summary>Must hold after every command, on every member.</summary>
    public ImmutableArray<(string Name, Func<TMachine, bool> Holds)> Checks { get; init; } = [];

    /// <summary>Must hold in the end, of all that clients were told.</summary>
    public ImmutableArray<(string Name, Func<TMachine, IReadOnlyList<ClientOperation>, bool> Holds)> FinalChecks { get; init; } = [];

    /// <summary>Makes a model, as a function that answers one command after the other.</summary>
    public Func<Func<ReadOnlyMemory<byte>, object?>>? Model { get; init; }
}
