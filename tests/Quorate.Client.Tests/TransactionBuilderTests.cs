using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Client.Tests;

public sealed class TransactionBuilderTests
{
    [Fact]
    public void Everything_that_etcd_compares_can_be_compared_in_every_way()
    {
        TxnRequest transaction = new TransactionBuilder()
            .If(Compares.Version("a").GreaterThan(3), Compares.CreateRevision("a").LessThan(4))
            .If(Compares.ModRevision("a").NotEqualTo(5), Compares.Lease("a").EqualTo(6), Compares.Value("a").EqualTo("seven"))
            .If(Compares.ValueBytes(KeyRange.Prefix("p/")).EqualTo(ByteString.CopyFrom(8)))
            .If(Compares.Exists("b"), Compares.Absent("c"))
            .Build();

        transaction.Compare.Select(compare => $"{compare.Target} {compare.Result}").ShouldBe([
            "Version Greater", "Create Less", "Mod NotEqual", "Lease Equal", "Value Equal", "Value Equal", "Create Greater", "Create Equal"]);
        transaction.Compare[0].Version.ShouldBe(3);
        transaction.Compare[1].CreateRevision.ShouldBe(4);
        transaction.Compare[2].ModRevision.ShouldBe(5);
        transaction.Compare[3].Lease.ShouldBe(6);
        transaction.Compare[4].Value.ToStringUtf8().ShouldBe("seven");
        transaction.Compare[5].RangeEnd.ToStringUtf8().ShouldBe("p0");
    }

    [Fact]
    public void Transactions_nest_and_operations_take_ranges()
    {
        TransactionBuilder inner = new TransactionBuilder().If(Compares.Exists("lock")).Then(Operations.Delete(KeyRange.All, previous: true));

        TxnRequest transaction = new TransactionBuilder()
            .Then(Operations.Transaction(inner), Operations.Get(KeyRange.From("k"), limit: 2))
            .Else(Operations.Put("a", "1", leaseId: 7, previous: true))
            .Build();

        transaction.Success[0].RequestTxn.Success[0].RequestDeleteRange.PrevKv.ShouldBeTrue();
        transaction.Success[1].RequestRange.RangeEnd.ShouldBe(ByteString.CopyFrom(0));
        transaction.Failure[0].RequestPut.Lease.ShouldBe(7);
    }

    [Fact]
    public void Ranges_are_those_of_etcd()
    {
        KeyRange.Prefix("").ShouldBe(KeyRange.All);
        KeyRange.From("").ShouldBe(KeyRange.All);
        KeyRange.Between("a", "c").RangeEnd.ToStringUtf8().ShouldBe("c");
        KeyRange.EndOfPrefix(ByteString.CopyFrom(1, 255, 255)).ShouldBe(ByteString.CopyFrom(2));
        KeyRange.EndOfPrefix(ByteString.CopyFrom(255, 255)).ShouldBe(ByteString.CopyFrom(0));
        ((KeyRange)"a").ShouldBe(new KeyRange(ByteString.CopyFromUtf8("a"), ByteString.Empty));
    }
}
