using Quorate.Simulation.Histories;

namespace Quorate.Simulation.Checking.Histories;

/// <summary>
/// Checks a history by the revisions that answers name: etcd numbers its changes, so the order that a search for a
/// linearization has to find (<see cref="LinearizabilityChecker{TState}"/>) is told, and need only be checked. That takes
/// about linear time, and it judges what the search leaves out: every field of every answer, local and bounded reads,
/// reads of old revisions, compactions. After the contract of etcd's KV API, and Gibbons and Korach ("Testing shared
/// memories", 1997), who show how much easier the problem is once the order of writes is known.
/// </summary>
/// <remarks>
/// What is asked:
/// <list type="number">
/// <item>A write that changed something has a revision of its own.</item>
/// <item>What returned before another was invoked has no greater revision; a smaller one if the later changed something.</item>
/// <item>Every answer is the one that replaying all changes in order of revision leads to: records with all their
/// fields, counts, previous records, the branch that a transaction took on the state just before it.</item>
/// <item>A revision that no answered write made was made by a write of unknown outcome, which fits all that was ever seen
/// of it; what was refused is never seen.</item>
/// <item>A bounded read has reached its token. A local read may be old; it is whole, and of no future.</item>
/// <item>One client never sees one life of a member go back, if that is asked for.</item>
/// <item>What was compacted cannot be read; see <see cref="CompactionRules"/>.</item>
/// </list>
/// The history begins with an empty store. Changes that no client asked for, such as keys that go with their lease, are
/// not known here.
/// </remarks>
public sealed class RevisionChecker(RevisionCheckerOptions? options = null)
{
    private readonly RevisionCheckerOptions _options = options ?? new RevisionCheckerOptions();

    /// <summary>Checks a history.</summary>
    public RevisionCheckResult Check(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        RevisionFacts facts = new(history);
        RealTimeRules realTime = new(history, _options.SessionsAreMonotonic);
        RevisionFinding? certain = facts.Finding ?? realTime.Finding ?? new CompactionRules(history, realTime).Finding
            ?? new SightingRules(history, facts).Finding;
        if (certain is { } finding)
        {
            return Result(HistoryVerdict.Violated, 0, facts, finding, []);
        }

        // With too many gaps the replay only looks for where it shows.
        RevisionReplay replay = new(history, facts, realTime, _options.StepsMax);
        HistoryVerdict verdict = replay.Run();
        return Result(facts.HasTooManyGaps ? HistoryVerdict.Violated : verdict, replay.Steps, facts, replay.Finding, verdict == HistoryVerdict.Holds ? replay.Order() : []);
    }

    /// <summary>
    /// The revisions that no answered write made. Whoever reads all keys at each of them, before the end and before they
    /// are compacted, leaves the check nothing to guess.
    /// </summary>
    public static IReadOnlyList<long> RevisionsWithoutAnswer(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return new RevisionFacts(history).Gaps;
    }

    private static RevisionCheckResult Result(
        HistoryVerdict verdict, long steps, RevisionFacts facts, RevisionFinding? finding, IReadOnlyList<Operation> order) =>
        new(verdict, steps, facts.RevisionMax, finding?.Explanation, finding?.Operations ?? [], order);
}
