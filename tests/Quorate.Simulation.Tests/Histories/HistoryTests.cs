using Quorate.Etcd;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Histories;
using Quorate.Simulation.Tests.Support;

namespace Quorate.Simulation.Tests.Histories;

public sealed class HistoryTests
{
    private static readonly MemberId Member = new(2);

    [Fact]
    public void Real_time_order_is_strict_even_within_one_instant()
    {
        History history = new();
        Operation first = history.Invoke(1, Member, 1, Ask.Put("a", "1"), TimeSpan.Zero);
        history.Answered(first, Reply.Put(2), TimeSpan.Zero);
        Operation second = history.Invoke(1, Member, 1, Ask.Get("a"), TimeSpan.Zero);

        first.Precedes(second).ShouldBeTrue();
        second.Precedes(first).ShouldBeFalse();
        history.Operations.ShouldBe([first, second]);
    }

    [Fact]
    public void What_never_returned_precedes_nothing()
    {
        History history = new();
        Operation first = history.Invoke(1, Member, 1, Ask.Put("a", "1"), TimeSpan.Zero);
        Operation second = history.Invoke(2, Member, 1, Ask.Get("a"), TimeSpan.Zero);

        first.Precedes(second).ShouldBeFalse();
        first.End.ShouldBe(OperationEnd.Open);
        first.IsWriteOfUnknownOutcome.ShouldBeTrue();
        second.IsWriteOfUnknownOutcome.ShouldBeFalse("a read changes nothing");
    }

    [Fact]
    public void An_error_says_whether_the_outcome_is_known()
    {
        History history = new();
        Operation refused = history.Invoke(1, Member, 1, Ask.Put("a", "1"), TimeSpan.Zero);
        Operation unknown = history.Invoke(2, Member, 1, Ask.Put("a", "2"), TimeSpan.Zero);
        history.Failed(refused, EtcdError.NoLeader, TimeSpan.Zero);
        history.Failed(unknown, EtcdError.Timeout, TimeSpan.Zero);

        refused.End.ShouldBe(OperationEnd.Refused);
        unknown.End.ShouldBe(OperationEnd.Unknown);
    }

    [Fact]
    public void An_operation_returns_once()
    {
        History history = new();
        Operation put = history.Invoke(1, Member, 1, Ask.Put("a", "1"), TimeSpan.Zero);
        history.Answered(put, Reply.Put(2), TimeSpan.Zero);

        Should.Throw<InvalidOperationException>(() => history.Failed(put, EtcdError.Timeout, TimeSpan.Zero));
    }

    [Fact]
    public void A_full_history_takes_no_more()
    {
        History history = new(operationsMax: 1);
        history.Invoke(1, Member, 1, Ask.Put("a", "1"), TimeSpan.Zero);

        history.IsFull.ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => history.Invoke(1, Member, 1, Ask.Get("a"), TimeSpan.Zero));
    }

    [Fact]
    public void A_write_cannot_be_local()
    {
        Should.Throw<ArgumentException>(() =>
            new History().Invoke(1, Member, 1, Ask.Put("a", "1"), TimeSpan.Zero, ReadConsistency.Local));
    }

    [Fact]
    public void An_operation_reads_as_a_sentence()
    {
        History history = new();
        Operation put = history.Invoke(3, Member, 1, Ask.Put("k7", "v123"), TimeSpan.FromSeconds(12.003));
        put.ToString().ShouldBe("client 3 at member 2: put k7=v123 → never answered [12.003s..]");
        history.Answered(put, Reply.Put(45), TimeSpan.FromSeconds(12.01));
        put.ToString().ShouldBe("client 3 at member 2: put k7=v123 → revision 45 [12.003s..12.010s]");
    }

    [Fact]
    public void Answers_and_errors_read_as_sentences()
    {
        HandMadeHistory history = new();
        Operation get = history.Do(1, Ask.Get("a", "c", limit: 1), Reply.Range(9, Reply.Record("a", "1", 4, 9, 2)), ReadConsistency.Local);
        Operation swap = history.Do(
            2, Ask.Swap("a", 9, "2"), Reply.Transaction(10, true, Reply.Put(10)));
        Operation delete = history.Do(3, Ask.Delete("b", "\0"), Reply.Delete(10, 0));
        Operation refused = history.Begin(4, Ask.Compact(5));
        history.Fail(refused, EtcdError.Compacted);

        get.ToString().ShouldBe(
            "client 1 at member 1: locally range a..c limit 1 → a=1 (version 2, created 4, changed 9), count 1, revision 9 [0.000s..1.000s]");
        swap.ToString().ShouldBe(
            "client 2 at member 1: if {a changed=9} then {put a=2} else {get a} → then {done}, revision 10 [2.000s..3.000s]");
        delete.ToString().ShouldBe("client 3 at member 1: delete b and all after it → 0 deleted, revision 10 [4.000s..5.000s]");
        refused.ToString().ShouldBe(
            "client 4 at member 1: compact 5 → refused: etcdserver: mvcc: required revision has been compacted [6.000s..7.000s]");
    }

    [Fact]
    public void Bytes_that_are_no_text_and_long_values_are_shown_short()
    {
        HandMadeHistory history = new();

        history.Begin(1, Ask.Put("\u0001", new string('x', 1000))).ToString()
            .ShouldBe($"client 1 at member 1: put 0x01={new string('x', 40)}…(1000 bytes) → never answered [0.000s..]");
    }
}
