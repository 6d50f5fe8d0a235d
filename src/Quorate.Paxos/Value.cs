namespace Quorate.Paxos;

/// <summary>
/// What is proposed and chosen. Two values are the same if both id and bytes are; the id tells equal commands of two
/// clients apart, so that a proposer knows whether it was its own value that was chosen.
/// </summary>
/// <param name="Id">Given by whoever proposes it, and to no other value.</param>
/// <param name="Command">What it means is not for the algorithm to know. Never changed once it is here.</param>
public sealed record Value(ulong Id, ReadOnlyMemory<byte> Command)
{
    /// <inheritdoc/>
    public bool Equals(Value? other) => other is not null && Id == other.Id && Command.Span.SequenceEqual(other.Command.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"value {Id:x}";
}
