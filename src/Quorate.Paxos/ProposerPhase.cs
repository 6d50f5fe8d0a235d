namespace Quorate.Paxos;

/// <summary>How far a proposer has come with one ballot.</summary>
public enum ProposerPhase
{
    /// <summary>Phase 1: it waits for a majority of promises.</summary>
    Preparing,

    /// <summary>Phase 2: its value is fixed, and it waits for a majority to accept.</summary>
    Accepting,

    /// <summary>A majority has accepted: its value is chosen, for ever.</summary>
    Chosen,
}
