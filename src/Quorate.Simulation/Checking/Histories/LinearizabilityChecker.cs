using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Looks for an order of all operations that keeps real time and that the sequential model could have answered so:
/// linearizability (Herlihy and Wing 1990). The search is that of Wing and Gong ("Testing and verifying concurrent
/// objects", 1993) with Lowe's memory of what was tried ("Testing for linearizability", 2017), on each part of the
/// history by itself, as Horn and Kroening (2015) and Porcupine (Athalye 2017) split it.
/// </summary>
/// <remarks>
/// An operation whose outcome is not known may take effect at any time after its invocation, or never. The problem is
/// NP-complete (Gibbons and Korach 1997), so the search has a bound, and says when it met it. The outcome depends on
/// the history only.
/// </remarks>
/// <typeparam name="TState">A state of the model.</typeparam>
/// <param name="model">What the system does when it is asked one thing at a time.</param>
/// <param name="stepsMax">Most states that are looked at, in all parts together.</param>
public sealed class LinearizabilityChecker<TState>(
    ISequentialModel<TState> model, long stepsMax = LinearizabilityChecker<TState>.StepsMaxDefault)
{
    /// <summary>Most states unless told otherwise: about a second, and some hundreds of megabytes at worst.</summary>
    public const long StepsMaxDefault = 500_000;

    /// <summary>
    /// Checks a history. A part that is not linearizable counts more than one that is undecided, wherever it comes.
    /// </summary>
    /// <param name="history">What clients saw.</param>
    /// <param name="proposed">
    /// An order that may explain it, such as <see cref="RevisionCheckResult.Order"/>. It is taken where the model agrees
    /// with every step of it and real time does; where it does not, the search finds out by itself.
    /// </param>
    public LinearizabilityResult Check(History history, IReadOnlyList<Operation>? proposed = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        IReadOnlyList<HistoryPart<TState>> parts = model.Partition(history);
        int operations = parts.Sum(part => part.Operations.Count);
        ProposedOrder? order = proposed is null ? null : new ProposedOrder(history, proposed);
        long steps = 0;
        LinearizabilityResult? undecided = null;

        // Small parts first: what is left of the bound is then the large ones'.
        foreach (HistoryPart<TState> part in parts.OrderBy(part => part.Operations.Count))
        {
            if (order is not null && order.Explains(model, part, ref steps))
            {
                continue;
            }

            LinearizabilitySearch<TState> search = new(model, part);
            HistoryVerdict verdict = search.Run(stepsMax - steps);
            steps += search.Steps;
            if (verdict == HistoryVerdict.Holds)
            {
                continue;
            }

            LinearizabilityResult result = new(verdict, steps, operations, part.Name, search.LongestPrefix, search.Stuck);
            if (verdict == HistoryVerdict.Violated)
            {
                return result;
            }

            undecided ??= result;
        }

        return undecided is null
            ? new LinearizabilityResult(HistoryVerdict.Holds, steps, operations, null, [], [])
            : undecided with { Steps = steps };
    }
}
