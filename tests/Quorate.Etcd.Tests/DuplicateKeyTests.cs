using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

public class DuplicateKeyTests
{
    private readonly EtcdWorld world = new();

    public static TheoryData<string, TxnRequest> Refused => new()
    {
        { "two puts", Then(Op(Put("a", "1")), Op(Put("a", "2"))) },
        { "two puts in the other branch", new TxnRequest().Else(Op(Put("a", "1")), Op(Put("b", "2")), Op(Put("a", "1"))) },
        { "a put and its deletion", Then(Op(Put("a", "1")), Op(Delete("a"))) },
        { "a deletion and a put", Then(Op(Delete("a")), Op(Put("a", "1"))) },
        { "a put in a deleted range", Then(Op(Put("ab", "1")), Op(Delete("a", "b"))) },
        { "a put beside one nested", Then(Op(Put("a", "1")), Op(Then(Op(Put("a", "2"))))) },
        { "a put after one nested in a branch not taken", Then(Op(new TxnRequest().Else(Op(Put("a", "2")))), Op(Put("a", "1"))) },
        { "puts nested in two transactions", Then(Op(Then(Op(Put("a", "1")))), Op(new TxnRequest().Else(Op(Put("a", "2"))))) },
        { "a nested put in a deleted range", Then(Op(Then(Op(Put("a", "1")))), Op(Delete("a", "b"))) },
        { "a put in a range deleted by a nested one", Then(Op(Put("a", "1")), Op(Then(Op(Delete("a", "b"))))) },
        { "a nested deletion, then a nested put", Then(Op(Then(Op(Delete("a")))), Op(Then(Op(Put("a", "1"))))) },
    };

    public static TheoryData<string, TxnRequest> Allowed => new()
    {
        { "different keys", Then(Op(Put("a", "1")), Op(Put("b", "1")), Op(Delete("c", "d"))) },
        { "the two branches", Then(Op(Put("a", "1"))).Else(Op(Put("a", "2")), Op(Delete("b"))) },
        { "the two branches of a nested one", Then(Op(Then(Op(Put("a", "1"))).Else(Op(Put("a", "2"))))) },
        { "a put and the deletion in the other branch", Then(Op(Then(Op(Put("a", "1"))).Else(Op(Delete("a"))))) },
        { "two deletions", Then(Op(Delete("a", "c")), Op(Delete("b", "d"))) },
        { "the end of a deleted range", Then(Op(Put("b", "1")), Op(Delete("a", "b"))) },
        { "a range that ends before it starts", Then(Op(Put("b", "1")), Op(Delete("c", "a"))) },
        { "a range read", Then(Op(Put("a", "1")), Op(Get("a", "b")), Op(Get("a"))) },
        { "everything from a key on, as etcd", Then(Op(Delete("a", "\0")), Op(Put("b", "1"))) },
        { "a nested put, then a nested deletion, as etcd", Then(Op(Then(Op(Put("a", "1")))), Op(Then(Op(Delete("a"))))) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_transaction_that_would_write_a_key_twice_is_refused(string what, TxnRequest request)
    {
        what.ShouldNotBeEmpty();
        world.Call(request).Error.ShouldBe(EtcdError.DuplicateKey);
        world.Replica.Commands.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Allowed))]
    public void A_transaction_that_writes_each_key_once_is_carried_out(string what, TxnRequest request)
    {
        what.ShouldNotBeEmpty();
        world.Do(request).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void What_etcd_lets_pass_is_carried_out_in_order()
    {
        world.Put("a", "old");
        world.Do(Then(Op(Delete("a", "\0")), Op(Put("a", "new"))));
        world.ValueOf("a").ShouldBe("new");

        world.Do(Then(Op(Then(Op(Put("b", "1")))), Op(Then(Op(Delete("b"))))));
        world.Get("b").ShouldBeNull();
        world.Revision.ShouldBe(4);
    }

    [Fact]
    public void Tens_of_thousands_of_operations_are_checked_in_time()
    {
        EtcdWorld wide = new(new EtcdOptions { ClusterId = 1, TransactionOperationsMax = 100_000, RequestBytesMax = int.MaxValue });
        TxnRequest request = new();
        for (int i = 0; i < 20_000; i++)
        {
            request.Success.Add(Op(Put($"a{i:D5}", "")));
            request.Success.Add(Op(Delete($"b{i:D5}", $"b{i:D5}x")));
        }

        request.Success.Add(Op(Put("b00017c", "")));
        wide.Call(request).Error.ShouldBe(EtcdError.DuplicateKey);
    }
}
