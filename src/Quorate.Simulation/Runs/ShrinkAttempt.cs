namespace Quorate.Simulation.Runs;

/// <summary>One try of the <see cref="Shrinker"/>.</summary>
/// <param name="Number">Counts them, from one.</param>
/// <param name="Case">What was tried.</param>
/// <param name="Failed">Whether it fails in the same way, so that it is the smallest now.</param>
public readonly record struct ShrinkAttempt(int Number, SimulationCase Case, bool Failed);
