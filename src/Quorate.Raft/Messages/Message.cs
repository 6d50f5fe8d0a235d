namespace Quorate.Raft.Messages;

/// <summary>What one server says to another. One class a message, so that a field means one thing.</summary>
public abstract record Message
{
    /// <summary>The sender.</summary>
    public required MemberId From { get; init; }

    /// <summary>The receiver.</summary>
    public required MemberId To { get; init; }

    /// <summary>The sender's term; in a pre-vote the term it would campaign in.</summary>
    public required long Term { get; init; }
}
