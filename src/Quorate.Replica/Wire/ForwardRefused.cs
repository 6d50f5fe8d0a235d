using Quorate.Raft.Messages;

namespace Quorate.Replica.Wire;

/// <summary>The leader's answer for forwarded commands that it certainly did not append. Silence says nothing.</summary>
internal sealed record ForwardRefused : Message
{
    /// <summary>Which, and why.</summary>
    public required ForwardRefusal[] Refusals { get; init; }
}
