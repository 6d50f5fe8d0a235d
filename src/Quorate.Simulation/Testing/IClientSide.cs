namespace Quorate.Simulation.Testing;

/// <summary>What all clients of a run have in common, whatever the state machine is.</summary>
internal interface IClientSide
{
    /// <summary>Whether nobody is to propose anything new.</summary>
    bool HasEnded { get; }

    /// <summary>Whether proposals and answers get lost between clients and members.</summary>
    bool LosesMessages { get; }

    /// <summary>What a client proposes next.</summary>
    ReadOnlyMemory<byte> Next(in ClientTurn turn);

    /// <summary>A command, as people read it.</summary>
    string TextOf(ReadOnlyMemory<byte> command);

    /// <summary>A client has proposed something; gives it a number.</summary>
    long Proposed(ClientOperation operation);

    /// <summary>A client has heard how it ended.</summary>
    void Returned(ClientOperation operation);
}
