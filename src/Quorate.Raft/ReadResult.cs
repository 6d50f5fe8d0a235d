namespace Quorate.Raft;

/// <summary>The answer to <see cref="RaftNode.RequestRead"/>.</summary>
/// <param name="ReadId">The id that the caller gave.</param>
/// <param name="Status">Confirmed, or why not.</param>
/// <param name="Index">If confirmed: once this index is applied, local state is linearizable for the read.</param>
public readonly record struct ReadResult(long ReadId, ReadStatus Status, long Index);
