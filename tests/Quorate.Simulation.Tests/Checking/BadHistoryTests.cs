using Quorate.Etcd;
using Quorate.Replica;
using Quorate.Simulation.Checking.Histories;
using Quorate.Simulation.Histories;
using Quorate.Simulation.Tests.Support;

namespace Quorate.Simulation.Tests.Checking;

/// <summary>Each checker bites: one hand-made history for everything that must not happen.</summary>
public sealed class BadHistoryTests
{
    private readonly HandMadeHistory _history = new();

    [Fact]
    public void A_stale_linearizable_read()
    {
        _history.Create(1, "a", "1", 2);
        _history.Do(1, Ask.Put("a", "2"), Reply.Put(3));
        Operation read = _history.Do(2, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)));

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("revision 3 had been named before");
    }

    [Fact]
    public void A_stale_linearizable_read_under_a_new_revision()
    {
        _history.Create(1, "a", "1", 2);
        _history.Do(1, Ask.Put("a", "2"), Reply.Put(3));
        Operation read = _history.Do(2, Ask.Get("a"), Reply.Range(3, Reply.Record("a", "1", 2, 2, 1)));

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("expected a=2 (version 2, created 2, changed 3), got a=1 (version 1, created 2, changed 2)");
    }

    [Fact]
    public void A_lost_acknowledged_write()
    {
        _history.Create(1, "a", "1", 2);
        Operation read = _history.Do(2, Ask.Get("a"), Reply.Range(1));

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("revision 2 had been named before");
    }

    [Fact]
    public void A_lost_acknowledged_write_whose_revision_is_used_again()
    {
        _history.Create(1, "a", "1", 2);
        _history.Create(2, "b", "2", 2);
        Operation read = _history.Do(2, Ask.Get("a"), Reply.Range(2));

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("two writes made revision 2");
    }

    [Fact]
    public void A_write_applied_twice()
    {
        _history.Create(1, "a", "1", 2);
        Operation read = _history.Do(1, Ask.Get("a"), Reply.Range(3, Reply.Record("a", "1", 2, 3, 2)));

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("can have made revision 3, where a=1 (version 2, created 2, changed 3) was seen");
    }

    [Fact]
    public void A_write_of_unknown_outcome_applied_twice()
    {
        _history.Begin(1, Ask.Put("a", "1"));
        Operation read = _history.Do(2, Ask.Get("a"), Reply.Range(3, Reply.Record("a", "1", 2, 3, 2)));

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("can have made revision");
    }

    [Fact]
    public void A_refused_write_that_is_seen()
    {
        Operation refused = _history.Begin(1, Ask.Put("a", "refused"));
        _history.Fail(refused, EtcdError.NoLeader);
        Operation read = _history.Do(2, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "refused", 2, 2, 1)));

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("one that was refused would have");
        _history.Revisions().Operations.ShouldBe([read, refused]);
    }

    [Fact]
    public void A_refused_write_that_another_unknown_write_hides()
    {
        _history.Fail(_history.Begin(1, Ask.Put("a", "refused")), EtcdError.NoLeader);
        _history.Fail(_history.Begin(3, Ask.Put("a", "unknown")), EtcdError.Timeout);
        Operation read = _history.Do(2, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "refused", 2, 2, 1)));

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("one that was refused would have");
    }

    [Fact]
    public void A_write_seen_before_it_was_asked_for()
    {
        Operation read = _history.Do(1, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)));
        _history.Create(2, "a", "1", 2);

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("revision 2 had been named before the write was invoked that made it");
    }

    [Fact]
    public void A_write_of_unknown_outcome_seen_before_it_was_asked_for()
    {
        Operation read = _history.Do(1, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)));
        _history.Begin(2, Ask.Put("a", "1"));

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("can have made revision 2");
    }

    [Fact]
    public void A_local_read_from_the_future()
    {
        _history.Do(1, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)), ReadConsistency.Local);
        _history.Create(2, "a", "1", 2);

        _history.ShouldViolateRevisions("had been named before the write was invoked");
    }

    [Fact]
    public void Two_writes_with_one_revision()
    {
        Operation one = _history.Begin(1, Ask.Put("a", "1"));
        Operation two = _history.Begin(2, Ask.Put("b", "2"));
        _history.End(one, Reply.Put(2));
        _history.End(two, Reply.Put(2));

        _history.ShouldViolateRevisions("two writes made revision 2");
    }

    [Fact]
    public void Two_writes_of_one_key_with_one_revision()
    {
        Operation one = _history.Begin(1, Ask.Put("a", "1"));
        Operation two = _history.Begin(2, Ask.Put("a", "2"));
        _history.End(one, Reply.Put(2));
        _history.End(two, Reply.Put(2));

        _history.ShouldNotLinearize();
    }

    [Fact]
    public void A_later_write_with_a_smaller_revision()
    {
        _history.Create(1, "a", "1", 3);
        _history.Create(1, "b", "2", 2);

        _history.ShouldViolateRevisions("revision 3 had been named before");
    }

    [Fact]
    public void A_transaction_torn_in_two()
    {
        _history.Do(1, Ask.Then(Ask.Put("a", "1"), Ask.Put("b", "1")), Reply.Transaction(2, true, Reply.Put(2), Reply.Put(2)));
        Operation read = _history.Do(2, Ask.Get("a", "c"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)));

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("count of keys: expected 2, got 1");
    }

    [Fact]
    public void A_transaction_torn_in_two_revisions()
    {
        _history.Do(1, Ask.Then(Ask.Put("a", "1"), Ask.Put("b", "1")), Reply.Transaction(2, true, Reply.Put(2), Reply.Put(2)));
        Operation read = _history.Do(
            2, Ask.Get("a", "c"), Reply.Range(3, Reply.Record("a", "1", 2, 2, 1), Reply.Record("b", "1", 3, 3, 1)));

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("can have made revision 3");
    }

    [Fact]
    public void A_compare_and_swap_that_two_clients_win()
    {
        _history.Create(1, "a", "0", 2);
        Operation one = _history.Begin(1, Ask.Swap("a", 2, "1"));
        Operation two = _history.Begin(2, Ask.Swap("a", 2, "2"));
        _history.End(one, Reply.Transaction(3, true, Reply.Put(3)));
        _history.End(two, Reply.Transaction(4, true, Reply.Put(4)));

        _history.ShouldNotLinearize();
        _history.ShouldViolateRevisions("it took the first branch though its compares do not hold");
    }

    [Fact]
    public void A_compare_and_swap_that_fails_though_nobody_came_between()
    {
        _history.Create(1, "a", "0", 2);
        Operation swap = _history.Do(
            1, Ask.Swap("a", 2, "1"), Reply.Transaction(2, false, Reply.Range(2, Reply.Record("a", "0", 2, 2, 1))));

        _history.ShouldNotLinearize(swap);
        _history.ShouldViolateRevisions("it took the second branch though its compares hold");
    }

    [Fact]
    public void Reads_of_one_member_that_go_back()
    {
        _history.Create(1, "a", "1", 2);
        _history.Do(2, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)), ReadConsistency.Local, member: 3);
        _history.Do(2, Ask.Get("a"), Reply.Range(1), ReadConsistency.Local, member: 3);

        _history.ShouldViolateRevisions("one member went back from revision 2 to 1");
        _history.Revisions(new RevisionCheckerOptions { SessionsAreMonotonic = false }).Verdict.ShouldBe(HistoryVerdict.Holds);
    }

    [Fact]
    public void A_bounded_read_before_its_token()
    {
        _history.Create(1, "a", "1", 2);
        _history.Do(2, Ask.Get("a"), Reply.Range(1), ReadConsistency.Bounded, token: 2, member: 2);

        _history.ShouldViolateRevisions("bounded by revision 2 was answered at revision 1");
    }

    [Fact]
    public void A_local_read_that_mixes_two_revisions()
    {
        _history.Create(1, "a", "1", 2);
        _history.Create(1, "b", "1", 3);
        _history.Do(2, Ask.Get("a", "\0"), Reply.Range(3, Reply.Record("b", "1", 3, 3, 1)), ReadConsistency.Local, member: 2);

        _history.ShouldViolateRevisions("count of keys");
    }

    [Fact]
    public void A_previous_record_that_was_not_there()
    {
        _history.Create(1, "a", "1", 2);
        Operation put = _history.Do(1, Ask.Put("a", "2", previous: true), Reply.Put(3, Reply.Record("a", "dirty", 2, 2, 1)));

        _history.ShouldNotLinearize(put);
        _history.ShouldViolateRevisions("a=dirty (version 1, created 2, changed 2) was seen, and the write of that revision did not put it");
    }

    [Fact]
    public void A_previous_record_that_is_missing()
    {
        _history.Create(1, "a", "1", 2);
        Operation put = _history.Do(1, Ask.Put("a", "2", previous: true), Reply.Put(3));

        _history.ShouldNotLinearize(put);
        _history.ShouldViolateRevisions("the record that a put replaced");
    }

    [Fact]
    public void A_deletion_that_counts_wrong()
    {
        _history.Create(1, "a", "1", 2);
        Operation delete = _history.Do(1, Ask.Delete("a", "\0"), Reply.Delete(3, 2));

        _history.ShouldNotLinearize(delete);
        _history.ShouldViolateRevisions("number of keys deleted: expected 1, got 2");
    }

    [Fact]
    public void A_count_that_is_wrong()
    {
        _history.Create(1, "a", "1", 2);
        Etcd.Protocol.RangeResponse answer = Reply.Range(2, Reply.Record("a", "1", 2, 2, 1));
        answer.Count = 2;
        Operation read = _history.Do(1, Ask.Get("a", "\0"), answer);

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions("count of keys: expected 1, got 2");
    }

    [Theory]
    [InlineData(1, false, "it does not say that there is more")]
    [InlineData(2, true, "it says that there is more, and there is not")]
    public void A_word_on_more_that_is_wrong(int limit, bool more, string words)
    {
        _history.Create(1, "a", "1", 2);
        _history.Create(1, "b", "1", 3);
        Etcd.Protocol.KeyValue[] records = [Reply.Record("a", "1", 2, 2, 1), Reply.Record("b", "1", 3, 3, 1)];
        Etcd.Protocol.RangeResponse answer = Reply.Range(3, records[..limit]);
        answer.Count = 2;
        answer.More = more;
        Operation read = _history.Do(1, Ask.Get("a", "\0", limit: limit), answer);

        _history.ShouldNotLinearize(read);
        _history.ShouldViolateRevisions(words);
    }

    [Fact]
    public void A_read_of_an_old_revision_that_was_not_so()
    {
        _history.Create(1, "a", "1", 2);
        _history.Do(1, Ask.Put("a", "2"), Reply.Put(3));
        _history.Do(1, Ask.Get("a", revision: 2), Reply.Range(3, Reply.Record("a", "2", 2, 3, 2)));

        _history.ShouldViolateRevisions("a record of a range");
    }

    [Fact]
    public void A_read_of_what_was_compacted()
    {
        _history.Create(1, "a", "1", 2);
        _history.Do(1, Ask.Put("a", "2"), Reply.Put(3));
        _history.Do(1, Ask.Compact(3), Reply.Compact(3));
        _history.Do(1, Ask.Get("a", revision: 2), Reply.Range(3, Reply.Record("a", "1", 2, 2, 1)));

        _history.ShouldViolateRevisions("revision 2 was read after it had been compacted");
    }

    [Fact]
    public void A_revision_said_to_be_compacted_that_nobody_compacted()
    {
        _history.Create(1, "a", "1", 2);
        _history.Fail(_history.Begin(1, Ask.Get("a", revision: 1)), EtcdError.Compacted);

        _history.ShouldViolateRevisions("nobody had compacted");
    }

    [Fact]
    public void A_compaction_answered_twice()
    {
        _history.Create(1, "a", "1", 2);
        _history.Do(1, Ask.Compact(2), Reply.Compact(2));
        _history.Do(1, Ask.Compact(2), Reply.Compact(2));

        _history.ShouldViolateRevisions("had been compacted before");
    }

    [Fact]
    public void A_revision_said_to_be_a_future_one_that_was_reached()
    {
        _history.Create(1, "a", "1", 2);
        _history.Fail(_history.Begin(2, Ask.Get("a", revision: 2)), EtcdError.FutureRevision);

        _history.ShouldViolateRevisions("had been reached");
    }

    [Fact]
    public void One_change_seen_in_two_ways()
    {
        _history.Begin(1, Ask.Put("a", "1"));
        _history.Begin(2, Ask.Put("a", "2"));
        Operation one = _history.Do(3, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)));
        Operation other = _history.Do(3, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "2", 2, 2, 1)));

        _history.ShouldNotLinearize(other);
        _history.ShouldViolateRevisions("one change was seen as a=1");
        _history.Revisions().Operations.ShouldBe([one, other]);
    }

    [Fact]
    public void A_wrong_value_is_certain_however_much_is_unknown()
    {
        for (int i = 0; i < 30; i++)
        {
            _history.Begin(i, Ask.Put($"{i % 5}", $"{i}"));
        }

        _history.Create(100, "a", "1", 20);
        _history.Do(100, Ask.Get("a"), Reply.Range(20, Reply.Record("a", "nobody's", 20, 20, 1)));

        _history.ShouldNotLinearize();
        RevisionCheckResult check = _history.Revisions(new RevisionCheckerOptions { StepsMax = 10 });
        check.Verdict.ShouldBe(HistoryVerdict.Violated, check.ToString());
    }

    [Fact]
    public void A_revision_that_nobody_made_however_great()
    {
        _history.Begin(1, Ask.Put("a", "1"));
        _history.Do(2, Ask.Get("b"), Reply.Range(long.MaxValue - 1));

        _history.ShouldViolateRevisions("can have made revision 3");
    }

    [Fact]
    public void The_longest_explanation_is_told()
    {
        Operation put = _history.Create(1, "a", "1", 2);
        Operation good = _history.Do(1, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)));
        Operation bad = _history.Do(1, Ask.Get("a"), Reply.Range(1));
        _history.Do(1, Ask.Get("a"), Reply.Range(2, Reply.Record("a", "1", 2, 2, 1)));

        LinearizabilityResult result = _history.Linearize();
        result.LongestPrefix.ShouldBe([put, good]);
        result.Stuck.ShouldBe([bad]);
        result.ToString().ShouldStartWith("not linearizable (4 operations, 3 steps) at key a\nlongest explanation, 2 operations, ends with:\n  client 1");
    }
}
