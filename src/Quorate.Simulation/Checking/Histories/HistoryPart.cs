using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>Operations that touch each other, and nothing outside.</summary>
/// <typeparam name="TState">A state of the model.</typeparam>
/// <param name="Name">What the part is about, in words.</param>
/// <param name="Initial">The state before all of them.</param>
/// <param name="Operations">The operations in order of invocation.</param>
/// <param name="Footprints">What each of them touches, in the same order. Too much is slow; too little is wrong.</param>
/// <param name="ThingCount">Number of things that footprints tell apart.</param>
public sealed record HistoryPart<TState>(
    string Name, TState Initial, IReadOnlyList<Operation> Operations, IReadOnlyList<Footprint> Footprints, int ThingCount);
