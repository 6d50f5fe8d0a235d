using Quorate.Raft;

namespace Quorate.Paxos.Messages;

/// <summary>What one member says to another, or to itself: the roles are apart even where one member plays all three.</summary>
public abstract record PaxosMessage
{
    /// <summary>The sender.</summary>
    public required MemberId From { get; init; }

    /// <summary>The receiver.</summary>
    public required MemberId To { get; init; }

    /// <summary>The decision that it is about; from one.</summary>
    public required long Instance { get; init; }
}
