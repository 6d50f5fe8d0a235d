namespace Quorate.Simulation.Comparison;

/// <summary>Duels as in <see cref="DuelFigures"/>, of many seeds, in a world whose delays vary by chance.</summary>
/// <param name="BackOff">Whether a preempted proposer waits for a random time.</param>
/// <param name="Duels">How many were fought.</param>
/// <param name="Decided">How many of them were decided before they were called off.</param>
/// <param name="Median">Half of them took no longer.</param>
/// <param name="Longest">None took longer.</param>
public sealed record VaryingDuelFigures(bool BackOff, int Duels, int Decided, TimeSpan Median, TimeSpan Longest);
