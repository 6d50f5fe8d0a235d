namespace Quorate.Paxos.Messages;

/// <summary>A value was chosen: from the distinguished learner to all others, and to whoever asks or lags behind.</summary>
public sealed record Chosen : PaxosMessage
{
    /// <summary>What was chosen in <see cref="PaxosMessage.Instance"/>.</summary>
    public required Value Value { get; init; }
}
