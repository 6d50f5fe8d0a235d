using Quorate.Raft.Messages;

namespace Quorate.Replica.Wire;

/// <summary>Says nothing but what every frame's header does: with which data folder the sender is there.</summary>
internal sealed record Introduction : Message
{
    /// <summary>Whether the sender wants to know that it is on record.</summary>
    public required bool WantsAnswer { get; init; }
}
