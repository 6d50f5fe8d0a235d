namespace Quorate.Simulation.Comparison;

/// <summary>Two proposers begin at the same instant with single-decree Paxos, in a world of fixed delays that keeps them in step.</summary>
/// <param name="BackOff">Whether a preempted proposer waits for a random time.</param>
/// <param name="DecidedAfter">When a value was chosen; null if none was when the duel was called off.</param>
/// <param name="Ballots">Ballots that were begun.</param>
/// <param name="Preempted">Ballots of those that the other proposer has preempted.</param>
public sealed record DuelFigures(bool BackOff, TimeSpan? DecidedAfter, long Ballots, long Preempted);
