namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// The pairs of "these operations have a place" and "this is the state" that a search has been at (Lowe 2017): coming
/// to one a second time, by another order, cannot lead anywhere new. Nothing is ever read from it in an order.
/// </summary>
internal sealed class TriedConfigurations<TState>(ISequentialModel<TState> model)
{
    private readonly HashSet<Configuration> _tried = new(new Comparer(model));

    /// <summary>Notes one; false where it was there.</summary>
    public bool Add(LinearizedSet linearized, TState state) =>
        _tried.Add(new Configuration(Mixing.Number(linearized.Hash, (long)model.Hash(state)), linearized.Copy(), state));

    private readonly record struct Configuration(ulong Hash, ulong[] Linearized, TState State);

    private sealed class Comparer(ISequentialModel<TState> model) : IEqualityComparer<Configuration>
    {
        public bool Equals(Configuration one, Configuration other) =>
            one.Hash == other.Hash && one.Linearized.AsSpan().SequenceEqual(other.Linearized) && model.AreEqual(one.State, other.State);

        public int GetHashCode(Configuration configuration) => (int)(configuration.Hash ^ (configuration.Hash >> 32));
    }
}
