namespace Quorate.Raft;

/// <summary>
/// What must be on disk before any message that depends on it leaves (paper figure 2, "persistent state").
/// Term and vote are one value because they are only ever written together.
/// </summary>
/// <param name="CurrentTerm">Latest term this server has seen; zero at first start; only grows.</param>
/// <param name="VotedFor">Candidate that got this server's vote in <paramref name="CurrentTerm"/>.</param>
public readonly record struct HardState(long CurrentTerm, MemberId VotedFor);
