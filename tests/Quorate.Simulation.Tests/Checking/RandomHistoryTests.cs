using Quorate.Etcd.Protocol;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Checking.Histories;
using Quorate.Simulation.Histories;
using Quorate.Simulation.Tests.Support;

namespace Quorate.Simulation.Tests.Checking;

/// <summary>Properties over random histories; each seed makes the same history on every machine.</summary>
public sealed class RandomHistoryTests
{
    private const int SeedCount = 60;

    [Fact]
    public void Whatever_the_real_state_machine_answers_in_some_order_holds()
    {
        int joined = 0;
        for (ulong seed = 0; seed < SeedCount; seed++)
        {
            History history = RandomHistory.Make(seed, Options(seed));
            RevisionCheckResult check = new RevisionChecker().Check(history);
            check.Verdict.ShouldBe(HistoryVerdict.Holds, $"seed {seed}: {check}");
            LinearizabilityResult search = Search(history);
            search.Verdict.ShouldBe(HistoryVerdict.Holds, $"seed {seed}: {search}");
            joined += RevisionChecker.RevisionsWithoutAnswer(history).Count;
        }

        joined.ShouldBeGreaterThan(SeedCount, "writes of unknown outcome have made revisions");
    }

    [Fact]
    public void One_answer_changed_is_found_by_its_revisions()
    {
        SeededRandom random = new(7);
        for (ulong seed = 0; seed < SeedCount; seed++)
        {
            History history = RandomHistory.Make(seed, Options(seed));
            for (int i = 0; i < 5; i++)
            {
                (History mutated, string what) = AnswerMutation.Mutate(history, random, _ => true, knowsRevisions: true).ShouldNotBeNull();
                RevisionCheckResult check = new RevisionChecker().Check(mutated);
                check.Verdict.ShouldBe(HistoryVerdict.Violated, $"seed {seed}: {what}: {check}");
            }
        }
    }

    [Fact]
    public void One_answer_changed_is_found_by_the_search()
    {
        SeededRandom random = new(8);
        for (ulong seed = 0; seed < SeedCount; seed++)
        {
            // Where much is unknown a search that must try everything is long: that is what its bound is for.
            History history = RandomHistory.Make(seed, Options(seed) with { UnknownPerMille = 3, Operations = 80 });
            (History mutated, string what) = AnswerMutation.Mutate(history, random, IsSearched, knowsRevisions: false).ShouldNotBeNull();
            LinearizabilityResult search = Search(mutated);
            search.Verdict.ShouldBe(HistoryVerdict.Violated, $"seed {seed}: {what}: {search}");
        }
    }

    [Fact]
    public void Writes_carried_out_twice_are_found_by_both()
    {
        for (ulong seed = 0; seed < SeedCount; seed++)
        {
            History history = RandomHistory.Make(seed, Options(seed) with { RepeatsWrites = true, UnknownPerMille = 3 });

            new RevisionChecker().Check(history).Verdict.ShouldBe(HistoryVerdict.Violated, $"seed {seed}");
            Search(history).Verdict.ShouldBe(HistoryVerdict.Violated, $"seed {seed}");
        }
    }

    [Fact]
    public void Reads_of_all_keys_at_every_revision_without_an_answer_leave_nothing_to_guess()
    {
        // One history, twice: the second time somebody reads, in the end, what the lost answers would have told.
        long guessing = 0;
        long reading = 0;
        for (ulong seed = 0; seed < SeedCount; seed++)
        {
            RandomHistoryOptions options = Options(seed) with { UnknownPerMille = 100, Compacts = false };
            RevisionCheckResult check = new RevisionChecker().Check(RandomHistory.Make(seed, options));
            History told = RandomHistory.Make(seed, options with { ReadsGaps = true });
            RevisionCheckResult toldCheck = new RevisionChecker().Check(told);

            check.Verdict.ShouldBe(HistoryVerdict.Holds, $"seed {seed}: {check}");
            toldCheck.Verdict.ShouldBe(HistoryVerdict.Holds, $"seed {seed}: {toldCheck}");
            guessing += check.Steps;
            reading += toldCheck.Steps;
        }

        reading.ShouldBeLessThan(guessing);
    }

    [Fact]
    public void The_order_of_revisions_explains_what_a_search_cannot_find_in_time()
    {
        LinearizabilityChecker<KeyValueState> impatient = new(new KeyValueModel(), stepsMax: 2_000);
        int undecided = 0;
        for (ulong seed = 0; seed < SeedCount; seed++)
        {
            History history = RandomHistory.Make(
                seed, new RandomHistoryOptions { Operations = 400, Clients = 10, UnknownPerMille = 80, Compacts = false });
            IReadOnlyList<Operation> order = new RevisionChecker().Check(history).Order;

            impatient.Check(history, order).Verdict.ShouldBe(HistoryVerdict.Holds, $"seed {seed}");
            undecided += impatient.Check(history).Verdict == HistoryVerdict.Undecided ? 1 : 0;
        }

        undecided.ShouldBeGreaterThan(SeedCount / 4);
    }

    [Fact]
    public void An_order_is_not_believed_but_checked()
    {
        for (ulong seed = 0; seed < SeedCount; seed++)
        {
            History history = RandomHistory.Make(seed, Options(seed) with { UnknownPerMille = 3, Operations = 80 });
            IReadOnlyList<Operation> order = new RevisionChecker().Check(history).Order;
            (History mutated, string what) =
                AnswerMutation.Mutate(history, new SeededRandom(seed), IsSearched, knowsRevisions: false).ShouldNotBeNull();

            Search(mutated, [.. order.Select(operation => mutated.Operations[operation.Number])]).Verdict.ShouldBe(HistoryVerdict.Violated, $"seed {seed}: {what}");
            Search(history, [.. order.Reverse()]).Verdict.ShouldBe(HistoryVerdict.Holds);
            Search(history, []).Verdict.ShouldBe(HistoryVerdict.Holds);
        }
    }

    [Fact]
    public void The_search_agrees_with_trying_every_order()
    {
        int[] outcomes = new int[2];
        for (ulong seed = 0; seed < 3000; seed++)
        {
            History history = RandomHistory.Make(seed, new RandomHistoryOptions
            {
                Operations = 6,
                Clients = 4,
                Keys = 1 + (int)(seed % 2),
                JoinsKeys = seed % 4 == 1,
                Compacts = false,
                UnknownPerMille = 100,
                LocalReadPerMille = 0,
                CatchUpPerMille = 0,
                StaleReadPerMille = 900,
            });

            bool expected = PermutationSearch.IsLinearizable(history);

            LinearizabilityResult search = Search(history);
            search.Verdict.ShouldBe(expected ? HistoryVerdict.Holds : HistoryVerdict.Violated, $"seed {seed}: {search}");
            outcomes[expected ? 0 : 1]++;

            // Who answers a linearizable read from an old state under the old revision is found by both.
            if (!expected)
            {
                new RevisionChecker().Check(history).Verdict.ShouldBe(HistoryVerdict.Violated, $"seed {seed}");
            }
        }

        outcomes.ShouldAllBe(count => count > 200, "both outcomes occur");
    }

    [Fact]
    public void The_same_history_takes_the_same_steps()
    {
        History history = RandomHistory.Make(3, Options(3));

        Search(history).Steps.ShouldBe(Search(history).Steps);
        new RevisionChecker().Check(history).Steps.ShouldBe(new RevisionChecker().Check(history).Steps);
    }

    private static LinearizabilityResult Search(History history, IReadOnlyList<Operation>? proposed = null) =>
        new LinearizabilityChecker<KeyValueState>(new KeyValueModel()).Check(history, proposed);

    private static bool IsSearched(Operation operation) =>
        operation.Consistency == ReadConsistency.Linearizable && operation.Request is not RangeRequest { Revision: > 0 };

    private static RandomHistoryOptions Options(ulong seed) => new() { JoinsKeys = seed % 2 == 0, Clients = 2 + (int)(seed % 7) };
}
