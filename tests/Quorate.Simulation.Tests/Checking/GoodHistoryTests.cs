using Quorate.Etcd;
using Quorate.Replica;
using Quorate.Simulation.Checking.Histories;
using Quorate.Simulation.Histories;
using Quorate.Simulation.Tests.Support;

namespace Quorate.Simulation.Tests.Checking;

/// <summary>Histories that may look odd and are right: a checker that cries wolf is of no use.</summary>
public sealed class GoodHistoryTests
{
    private readonly HandMadeHistory _history = new();

    [Fact]
    public void Nothing_at_all_holds() => _history.ShouldHold();

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void Writes_that_overlap_may_take_either_order(long revisionOfFirst, long revisionOfSecond)
    {
        Operation one = _history.Begin(1, Ask.Put("a", "1"));
        Operation two = _history.Begin(2, Ask.Put("a", "2"));
        _history.End(two, Reply.Put(revisionOfSecond));
        _history.End(one, Reply.Put(revisionOfFirst));
        _history.Do(3, Ask.Get("a"), Reply.Range(3, Reply.Record("a", revisionOfFirst == 3 ? "1" : "2", 2, 3, 2)));

        _history.ShouldHold();
    }

    [Fact]
    public void A_read_that_overlaps_a_write_may_miss_it_and_a_read_before_it_may_see_it()
    {
        Operation put = _history.Begin(1, Ask.Put("a", "1"));
        _history.Do(2, Ask.Get("a"), Reply.Range(1));
        Operation late = _history.Begin(3, Ask.Get("a"));
        _history.Do(2, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)));
        _history.End(late, Reply.Range(1));
        _history.End(put, Reply.Put(2));

        _history.ShouldHold();
    }

    [Fact]
    public void A_write_of_unknown_outcome_may_take_effect_very_late()
    {
        Operation lost = _history.Begin(1, Ask.Put("a", "lost"));
        _history.Fail(lost, EtcdError.Timeout);
        _history.Do(2, Ask.Get("a"), Reply.Range(1));
        _history.Create(2, "a", "2", 2);
        _history.Do(2, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "2", 2, 2, 1)));
        _history.Do(3, Ask.Get("a"), Reply.Range(3, Reply.Record("a", "lost", 2, 3, 2)));

        _history.ShouldHold();
    }

    [Fact]
    public void A_write_of_unknown_outcome_may_never_take_effect()
    {
        _history.Begin(1, Ask.Put("a", "never answered"));
        Operation timedOut = _history.Begin(2, Ask.Delete("a", "\0"));
        _history.Fail(timedOut, EtcdError.TimeoutDueToLeaderFailure);
        _history.Create(3, "a", "1", 2);
        _history.Do(3, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)));

        _history.ShouldHold();
    }

    [Fact]
    public void A_write_of_unknown_outcome_that_was_never_seen_explains_a_revision_and_a_version()
    {
        _history.Create(1, "a", "1", 2);
        _history.Begin(2, Ask.Put("a", "unseen"));
        _history.Do(1, Ask.Put("a", "3"), Reply.Put(4));
        _history.Do(1, Ask.Get("a"), Reply.Range(4, Reply.Record("a", "3", 2, 4, 3)));

        _history.ShouldHold();
    }

    [Fact]
    public void Of_two_unknown_writes_the_one_that_fits_what_comes_later_is_found()
    {
        // Both can have made revision 3; only the deletion explains that version 1 follows.
        _history.Create(1, "a", "1", 2);
        _history.Begin(2, Ask.Put("a", "unseen"));
        _history.Begin(3, Ask.Delete("a"));
        _history.Do(1, Ask.Put("a", "3"), Reply.Put(4));
        _history.Do(1, Ask.Get("a"), Reply.Range(4, Reply.Record("a", "3", 4, 4, 1)));

        _history.ShouldHold();
    }

    [Fact]
    public void A_compare_on_a_revision_that_nobody_was_told_may_go_either_way()
    {
        _history.Begin(1, Ask.Put("a", "unseen"));
        _history.Do(2, Ask.Swap("a", 2, "swapped"), Reply.Transaction(3, true, Reply.Put(3)));
        _history.Begin(3, Ask.Swap("a", 3, "swapped unseen"));
        _history.Do(2, Ask.Get("a"), Reply.Range(4, Reply.Record("a", "swapped unseen", 2, 4, 3)));

        _history.ShouldHold();
    }

    [Fact]
    public void A_local_read_may_be_old_and_another_life_may_be_older()
    {
        _history.Create(1, "a", "1", 2);
        _history.Do(1, Ask.Put("a", "2"), Reply.Put(3));
        _history.Do(2, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)), ReadConsistency.Local, member: 2);
        _history.Do(2, Ask.Get("a"), Reply.Range(1), ReadConsistency.Local, member: 3);
        _history.Do(2, Ask.Get("a"), Reply.Range(1), ReadConsistency.Local, member: 2, life: 2);

        _history.ShouldHold();
    }

    [Fact]
    public void A_bounded_read_may_be_older_than_the_newest_write()
    {
        _history.Create(1, "a", "1", 2);
        _history.Do(1, Ask.Put("a", "2"), Reply.Put(3));
        _history.Do(2, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)), ReadConsistency.Bounded, token: 2, member: 2);

        _history.ShouldHold();
    }

    [Fact]
    public void What_deletes_nothing_uses_up_no_revision()
    {
        _history.Do(1, Ask.Delete("a", "\0", previous: true), Reply.Delete(1, 0));
        _history.Do(1, Ask.Swap("a", 9, "x"), Reply.Transaction(1, false, Reply.Range(1)));
        _history.Create(1, "a", "1", 2);

        _history.ShouldHold();
    }

    [Fact]
    public void Old_revisions_can_be_read_until_they_are_compacted()
    {
        _history.Create(1, "a", "1", 2);
        _history.Do(1, Ask.Put("a", "2"), Reply.Put(3));
        _history.Do(2, Ask.Get("a", revision: 2), Reply.Range(3, Reply.Record("a", "1", 2, 2, 1)));
        _history.Do(2, Ask.Compact(3), Reply.Compact(3));
        _history.Fail(_history.Begin(2, Ask.Get("a", revision: 2)), EtcdError.Compacted);
        _history.Fail(_history.Begin(2, Ask.Compact(3)), EtcdError.Compacted);
        _history.Fail(_history.Begin(2, Ask.Get("a", revision: 4)), EtcdError.FutureRevision);
        _history.Do(2, Ask.Get("a", revision: 3), Reply.Range(3, Reply.Record("a", "2", 2, 3, 2)));

        _history.ShouldHold();
    }

    [Fact]
    public void A_transaction_is_one_revision_and_sees_its_own_writes()
    {
        _history.Create(1, "a", "1", 2);
        _history.Do(
            1,
            Ask.Then(Ask.Put("b", "2"), Ask.Get("a", "\0"), Ask.Delete("a"), Ask.Get("a")),
            Reply.Transaction(
                3,
                true,
                Reply.Put(3),
                Reply.Range(3, Reply.Record("a", "1", 2, 2, 1), Reply.Record("b", "2", 3, 3, 1)),
                Reply.Delete(3, 1),
                Reply.Range(3)));

        _history.ShouldHold();
    }

    [Fact]
    public void Keys_that_no_operation_joins_are_searched_by_themselves()
    {
        _history.Create(1, "a", "1", 2);
        _history.Create(1, "b", "1", 3);
        _history.Create(1, "c", "1", 4);
        _history.Do(1, Ask.Get("b", "d"), Reply.Range(4, Reply.Record("b", "1", 3, 3, 1), Reply.Record("c", "1", 4, 4, 1)));

        new KeyValueModel().Partition(_history.History).Select(part => part.Name)
            .ShouldBe(["key a", "2 keys from b to c"]);
        _history.ShouldHold();
    }

    [Fact]
    public void A_search_at_its_bound_says_undecided_and_never_fine()
    {
        for (int i = 0; i < 20; i++)
        {
            _history.Begin(i, Ask.Put("a", $"{i}"));
        }

        _history.Create(100, "a", "x", 2);
        _history.Do(100, Ask.Get("a"), Reply.Range(9, Reply.Record("a", "nobody's", 2, 9, 8)));

        LinearizabilityChecker<KeyValueState> search = new(new KeyValueModel(), stepsMax: 5_000);
        search.Check(_history.History).Verdict.ShouldBe(HistoryVerdict.Undecided);
        _history.Revisions(new RevisionCheckerOptions { StepsMax = 5 }).Verdict.ShouldBe(HistoryVerdict.Undecided);
    }
}
