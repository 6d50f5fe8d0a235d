using Quorate.Raft.Messages;

namespace Quorate.Replica.Wire;

/// <summary>
/// A follower passes on commands of its clients (spec W1). They may only be appended by the leader of exactly
/// <see cref="Message.Term"/>, and only once: see <see cref="ForwardWindow"/>.
/// </summary>
internal sealed record ForwardProposals : Message
{
    /// <summary>Drawn by the sender when it started, so that its numbers of before are told apart.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>Counts the sender's forwards, from one.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>The commands, each with its <see cref="CommandHeader"/>.</summary>
    public required ReadOnlyMemory<byte>[] Commands { get; init; }
}
