namespace Quorate.Simulation.Tests.Support;

/// <summary>What sort of history is made at random.</summary>
internal sealed record RandomHistoryOptions
{
    public int Operations { get; init; } = 200;

    public int Clients { get; init; } = 5;

    public int Keys { get; init; } = 5;

    /// <summary>Whether there are ranges and transactions over several keys.</summary>
    public bool JoinsKeys { get; init; } = true;

    public bool Compacts { get; init; } = true;

    /// <summary>Answers that get lost.</summary>
    public int UnknownPerMille { get; init; } = 20;

    /// <summary>Reads that do not ask for linearizability.</summary>
    public int LocalReadPerMille { get; init; } = 200;

    /// <summary>Events beside which a member applies one command that it had not.</summary>
    public int CatchUpPerMille { get; init; } = 1000;

    /// <summary>Linearizable reads that are answered by whatever the member has: a bug.</summary>
    public int StaleReadPerMille { get; init; }

    /// <summary>Every write is carried out twice and answered once: a bug.</summary>
    public bool RepeatsWrites { get; init; }

    /// <summary>Whether in the end all keys are read at every revision that no answer is for.</summary>
    public bool ReadsGaps { get; init; }
}
