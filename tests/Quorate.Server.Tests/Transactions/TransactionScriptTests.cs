using Quorate.Etcd.Protocol;
using Quorate.Server.Transactions;

namespace Quorate.Server.Tests.Transactions;

public sealed class TransactionScriptTests
{
    [Fact]
    public void Three_blocks_are_compares_and_what_to_do_if_they_hold_and_if_not()
    {
        TxnRequest transaction = Parse("value(\"a b\") = \"x\"\nmod(\"k\") > \"3\"\n\nput k \"v w\"\nget p --prefix\n\ndel k\n");

        transaction.Compare.Count.ShouldBe(2);
        transaction.Compare[0].Key.ToStringUtf8().ShouldBe("a b");
        transaction.Compare[1].ModRevision.ShouldBe(3);
        transaction.Compare[1].Result.ShouldBe(Compare.Types.CompareResult.Greater);
        transaction.Success[0].RequestPut.Value.ToStringUtf8().ShouldBe("v w");
        transaction.Success[1].RequestRange.RangeEnd.ToStringUtf8().ShouldBe("q");
        transaction.Failure.ShouldHaveSingleItem().RequestDeleteRange.Key.ToStringUtf8().ShouldBe("k");
    }

    [Fact]
    public void A_block_may_be_empty()
    {
        TxnRequest transaction = Parse("\nput k v\n");

        transaction.Compare.ShouldBeEmpty();
        transaction.Success.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("colour(\"k\") = \"0\"", "line 1", "colour")]
    [InlineData("value(k)", "line 1", "is no compare")]
    [InlineData("version(\"k\") = \"many\"", "line 1", "not a whole number")]
    [InlineData("\nput k", "line 2", "is no operation")]
    [InlineData("\nget k --from-key", "line 2", "--from-key")]
    [InlineData("\n\n\nget k", "line 4", "after the third block")]
    public void What_is_malformed_is_named_by_its_line(string script, string where, string what)
    {
        var refused = Should.Throw<FormatException>(() => Parse(script));

        refused.Message.ShouldContain(where);
        refused.Message.ShouldContain(what);
    }

    private static TxnRequest Parse(string script) => TransactionScript.Parse(new StringReader(script));
}
