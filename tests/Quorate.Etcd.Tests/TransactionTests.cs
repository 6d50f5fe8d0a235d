using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using Quorate.Replica;
using static Quorate.Etcd.Protocol.Compare.Types;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

public class TransactionTests
{
    private readonly EtcdWorld world = new();

    [Fact]
    public void All_changes_get_one_revision_and_reads_inside_see_those_before_them()
    {
        TxnResponse response = world.Do(Then(Op(Get("a")), Op(Put("a", "1")), Op(Get("a")), Op(Put("b", "2")), Op(Delete("c"))));

        response.Header.ShouldBe(new ResponseHeader { ClusterId = 42, MemberId = 7, Revision = 2, RaftTerm = 3 });
        response.Succeeded.ShouldBeTrue();
        response.Responses[0].ResponseRange.Kvs.ShouldBeEmpty();
        response.Responses[2].ResponseRange.Kvs.Single().ModRevision.ShouldBe(2);
        world.Get("b").ShouldNotBeNull().ModRevision.ShouldBe(2);
    }

    [Fact]
    public void The_answers_inside_have_a_revision_in_their_headers_and_nothing_else()
    {
        TxnResponse response = world.Do(Then(
            Op(Get("a")), Op(Put("a", "1")), Op(Get("a")), Op(Delete("x")), Op(Then(Op(Put("b", "1"))))));

        response.Responses[0].ResponseRange.Header.ShouldBe(new ResponseHeader { Revision = 1 });
        response.Responses[1].ResponsePut.Header.ShouldBe(new ResponseHeader { Revision = 2 });
        response.Responses[2].ResponseRange.Header.ShouldBe(new ResponseHeader { Revision = 2 });
        response.Responses[3].ResponseDeleteRange.Header.ShouldBe(new ResponseHeader { Revision = 2 });
        response.Responses[4].ResponseTxn.Header.ShouldBe(new ResponseHeader());
        response.Responses[4].ResponseTxn.Responses[0].ResponsePut.Header.ShouldBe(new ResponseHeader { Revision = 2 });
    }

    [Fact]
    public void The_failure_branch_runs_when_a_compare_does_not_hold()
    {
        TxnResponse response = world.Do(
            If(Version("a", CompareResult.Greater, 0)).Then(Op(Put("a", "then"))).Else(Op(Put("a", "else"))));

        response.Succeeded.ShouldBeFalse();
        world.ValueOf("a").ShouldBe("else");
    }

    [Fact]
    public void All_compares_must_hold()
    {
        world.Put("a", "1");
        world.Do(If(Version("a", CompareResult.Equal, 1), Value("a", CompareResult.Equal, "2"))).Succeeded.ShouldBeFalse();
        world.Do(If(Version("a", CompareResult.Equal, 1), Value("a", CompareResult.Equal, "1"))).Succeeded.ShouldBeTrue();
        world.Do(new TxnRequest()).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void Nested_compares_see_the_state_before_the_whole_transaction()
    {
        TxnResponse response = world.Do(Then(
            Op(Put("a", "1")),
            Op(If(Version("a", CompareResult.Equal, 0)).Then(Op(Put("b", "absent before"))).Else(Op(Put("b", "present"))))));

        response.Responses[1].ResponseTxn.Succeeded.ShouldBeTrue();
        world.ValueOf("b").ShouldBe("absent before");
    }

    [Fact]
    public void Nested_transactions_answer_each_in_its_place()
    {
        TxnRequest deep = If(Version("x", CompareResult.Greater, 0))
            .Then(Op(Put("no", "1")))
            .Else(Op(Then(Op(Put("d", "1")))), Op(Put("e", "1")));
        TxnResponse response = world.Do(Then(Op(deep), Op(Then()), Op(Get("d", "f"))));

        response.Responses[0].ResponseTxn.Succeeded.ShouldBeFalse();
        response.Responses[0].ResponseTxn.Responses[0].ResponseTxn.Responses[0].ResponsePut.ShouldNotBeNull();
        response.Responses[1].ResponseTxn.Succeeded.ShouldBeTrue();
        response.Responses[2].ResponseRange.Count.ShouldBe(2);
        world.Revision.ShouldBe(2);
    }

    [Fact]
    public void A_negative_revision_is_measured_against_the_compact_revision_which_is_minus_one_before_any()
    {
        world.Put("a", "1");
        world.Put("a", "2");
        At(-1).Error.ShouldBeNull();
        At(-2).Error.ShouldBe(EtcdError.Compacted);
        At(long.MinValue).Error.ShouldBe(EtcdError.Compacted);

        world.Do(new CompactionRequest { Revision = 2 });
        At(-1).Error.ShouldBe(EtcdError.Compacted);
        At(0).Error.ShouldBeNull();
        world.Get("b").ShouldNotBeNull().Version.ShouldBe(2, "only those that were carried out wrote it");

        RecordingCall<TxnResponse> At(long revision)
        {
            RangeRequest range = Get("a");
            range.Revision = revision;
            return world.Call(Then(Op(range), Op(Put("b", "1"))));
        }
    }

    [Fact]
    public void A_transaction_that_cannot_be_carried_out_changes_nothing()
    {
        world.Put("a", "1");
        RangeRequest future = Get("a");
        future.Revision = 3;
        world.Call(Then(Op(Put("b", "1")), Op(future))).Error.ShouldBe(EtcdError.FutureRevision);

        world.Do(new CompactionRequest { Revision = 2 });
        RangeRequest compacted = Get("a");
        compacted.Revision = 1;
        world.Call(Then(Op(Put("b", "1")), Op(compacted))).Error.ShouldBe(EtcdError.Compacted);

        world.Call(Then(Op(Put("b", "1")), Op(new PutRequest { Key = Bytes("c"), IgnoreValue = true })))
            .Error.ShouldBe(EtcdError.KeyNotFound);
        world.Call(Then(Op(Put("b", "1")), Op(new PutRequest { Key = Bytes("c"), Lease = 1 })))
            .Error.ShouldBe(EtcdError.LeaseNotFound);

        world.Get("b").ShouldBeNull();
        world.Revision.ShouldBe(2);
    }

    [Fact]
    public void Of_several_faults_that_of_a_put_is_named_before_that_of_a_range_even_of_a_nested_one()
    {
        RangeRequest future = Get("a");
        future.Revision = 100;
        world.Call(Then(Op(future), Op(Then(Op(new PutRequest { Key = Bytes("c"), Lease = 1 })))))
            .Error.ShouldBe(EtcdError.LeaseNotFound);
    }

    [Fact]
    public void An_answer_that_no_message_can_carry_is_refused_and_what_was_written_stays()
    {
        for (int i = 0; i < 10; i++)
        {
            world.Put($"large/{i}", new string('x', 1 << 20));
        }

        RequestOp[] reads = [.. Enumerable.Repeat(Op(Get("large/", "large0")), 103)];
        world.Call(Then(reads)).Error.ShouldBe(EtcdError.AnswerTooLarge);
        world.Call(Then([Op(Put("written", "all the same")), .. reads])).Error.ShouldBe(EtcdError.AnswerTooLarge);
        world.Get("written").ShouldNotBeNull();
        world.Call(Then(reads[..102])).Error.ShouldBeNull();
    }

    [Fact]
    public void What_is_wrong_in_a_branch_not_taken_is_no_hindrance()
    {
        RangeRequest future = Get("a");
        future.Revision = 100;
        world.Do(Then(Op(Put("b", "1"))).Else(Op(future))).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void A_put_may_not_keep_the_value_of_a_key_that_the_transaction_itself_creates() =>
        world.Call(Then(Op(Then(Op(Put("b", "1")))), Op(new PutRequest { Key = Bytes("c"), IgnoreValue = true })))
            .Error.ShouldBe(EtcdError.KeyNotFound);

    [Fact]
    public void A_value_kept_over_a_deletion_from_a_key_on_is_the_one_before_the_transaction()
    {
        world.Put("a", "kept");
        world.Do(Then(Op(Delete("a", "\0")), Op(new PutRequest { Key = Bytes("a"), IgnoreValue = true })));
        Protocol.KeyValue stored = world.Get("a").ShouldNotBeNull();
        stored.Value.ShouldBe(Bytes("kept"));
        (stored.CreateRevision, stored.Version).ShouldBe((3, 1));
    }

    [Fact]
    public void Without_writes_it_is_a_read_and_never_goes_through_the_log()
    {
        TxnRequest request = If(Version("a", CompareResult.Equal, 0)).Then(Op(Get("a"))).Else(Op(Then(Op(Get("b")))));
        world.Do(request).Header.ShouldBe(new ResponseHeader { ClusterId = 42, MemberId = 7, Revision = 1, RaftTerm = 3 });
        world.Replica.Commands.ShouldBeEmpty();
        world.Replica.Reads.ShouldBe([ReadConsistency.Linearizable]);
    }

    [Fact]
    public void It_reads_this_members_own_state_only_where_every_operation_allows_that()
    {
        RangeRequest local = Get("a");
        local.Serializable = true;
        world.Do(Then(Op(local)));
        world.Replica.Reads.ShouldBeEmpty();

        world.Do(Then(Op(local), Op(Get("b"))));
        world.Do(If(Version("a", CompareResult.Equal, 0)));
        world.Replica.Reads.ShouldBe([ReadConsistency.Linearizable, ReadConsistency.Linearizable]);
    }

    [Fact]
    public void A_read_only_one_fails_as_a_whole_too()
    {
        RangeRequest future = Get("a");
        future.Revision = 3;
        world.Call(Then(Op(Get("a")), Op(future))).Error.ShouldBe(EtcdError.FutureRevision);
    }

    [Fact]
    public void More_operations_than_allowed_are_refused()
    {
        EtcdWorld strict = new(new EtcdOptions { ClusterId = 1, TransactionOperationsMax = 3 });
        RequestOp[] three = [Op(Get("a")), Op(Get("b")), Op(Get("c"))];
        strict.Do(Then(three).Else(three));
        strict.Call(Then([.. three, Op(Get("d"))])).Error.ShouldBe(EtcdError.TooManyOperations);
        strict.Call(new TxnRequest().Else([.. three, Op(Get("d"))])).Error.ShouldBe(EtcdError.TooManyOperations);
        strict.Call(If([.. Enumerable.Repeat(Version("a", CompareResult.Equal, 0), 4)])).Error.ShouldBe(EtcdError.TooManyOperations);
    }

    [Fact]
    public void A_nested_transaction_may_have_what_its_parent_leaves()
    {
        EtcdWorld strict = new(new EtcdOptions { ClusterId = 1, TransactionOperationsMax = 3 });
        strict.Do(Then(Op(Then(Op(Get("a")), Op(Get("b"))))));
        strict.Call(Then(Op(Then(Op(Get("a")), Op(Get("b")), Op(Get("c")))))).Error.ShouldBe(EtcdError.TooManyOperations);
    }

    [Fact]
    public void What_is_wrong_with_an_operation_is_wrong_with_the_transaction()
    {
        world.Call(Then(Op(new PutRequest()))).Error.ShouldBe(EtcdError.EmptyKey);
        world.Call(Then(Op(new DeleteRangeRequest()))).Error.ShouldBe(EtcdError.EmptyKey);
        world.Call(new TxnRequest().Else(Op(new RangeRequest()))).Error.ShouldBe(EtcdError.EmptyKey);
        world.Call(Then(Op(Then(Op(new PutRequest()))))).Error.ShouldBe(EtcdError.EmptyKey);
        world.Call(If(new Compare())).Error.ShouldBe(EtcdError.EmptyKey);
        world.Call(Then(new RequestOp())).Error.ShouldBe(EtcdError.KeyNotFound);
        world.Replica.Commands.ShouldBeEmpty();
    }
}
