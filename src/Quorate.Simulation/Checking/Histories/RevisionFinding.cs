using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>Something that cannot be.</summary>
/// <param name="Explanation">In words.</param>
/// <param name="Operations">The operations that show it.</param>
internal sealed record RevisionFinding(string Explanation, params IReadOnlyList<Operation> Operations);
