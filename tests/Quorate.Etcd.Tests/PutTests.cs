using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

public class PutTests
{
    private readonly EtcdWorld world = new();

    [Fact]
    public void The_first_write_makes_revision_two_as_in_etcd()
    {
        PutResponse response = world.Put("a", "1");

        response.Header.ShouldBe(new ResponseHeader { ClusterId = 42, MemberId = 7, Revision = 2, RaftTerm = 3 });
        response.PrevKv.ShouldBeNull();
        world.Get("a").ShouldBe(new Protocol.KeyValue
        {
            Key = Bytes("a"), Value = Bytes("1"), CreateRevision = 2, ModRevision = 2, Version = 1,
        });
    }

    [Fact]
    public void Writing_again_raises_version_and_mod_revision()
    {
        world.Put("a", "1");
        world.Put("b", "1");
        world.Put("a", "2").Header.Revision.ShouldBe(4);

        world.Get("a").ShouldBe(new Protocol.KeyValue
        {
            Key = Bytes("a"), Value = Bytes("2"), CreateRevision = 2, ModRevision = 4, Version = 2,
        });
    }

    [Fact]
    public void The_previous_version_comes_back_where_it_is_asked_for()
    {
        PutRequest request = new() { Key = Bytes("a"), Value = Bytes("1"), PrevKv = true };
        world.Do(request).PrevKv.ShouldBeNull();
        world.Do(request).PrevKv.ShouldBe(new Protocol.KeyValue
        {
            Key = Bytes("a"), Value = Bytes("1"), CreateRevision = 2, ModRevision = 2, Version = 1,
        });
    }

    [Fact]
    public void A_kept_value_stays_as_it_was()
    {
        world.Put("a", "1");
        world.Do(new PutRequest { Key = Bytes("a"), IgnoreValue = true }).Header.Revision.ShouldBe(3);

        Protocol.KeyValue stored = world.Get("a").ShouldNotBeNull();
        stored.Value.ShouldBe(Bytes("1"));
        stored.Version.ShouldBe(2);
    }

    [Fact]
    public void A_kept_lease_leaves_the_value_to_the_request()
    {
        world.Put("a", "1");
        world.Do(new PutRequest { Key = Bytes("a"), Value = Bytes("2"), IgnoreLease = true });
        world.ValueOf("a").ShouldBe("2");
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Nothing_can_be_kept_of_a_key_that_is_absent(bool ignoreValue, bool ignoreLease)
    {
        world.Call(new PutRequest { Key = Bytes("a"), IgnoreValue = ignoreValue, IgnoreLease = ignoreLease })
            .Error.ShouldBe(EtcdError.KeyNotFound);
        world.Revision.ShouldBe(1);
    }

    [Fact]
    public void A_request_that_cannot_be_right_is_refused_without_being_proposed()
    {
        world.Call(new PutRequest { Value = Bytes("1") }).Error.ShouldBe(EtcdError.EmptyKey);
        world.Call(new PutRequest { Key = Bytes("a"), Value = Bytes("1"), IgnoreValue = true }).Error.ShouldBe(EtcdError.ValueProvided);
        world.Call(new PutRequest { Key = Bytes("a"), Lease = 1, IgnoreLease = true }).Error.ShouldBe(EtcdError.LeaseProvided);
        world.Replica.Commands.ShouldBeEmpty();
    }

    [Fact]
    public void A_lease_that_does_not_exist_cannot_be_attached_to() =>
        world.Call(new PutRequest { Key = Bytes("a"), Lease = 1 }).Error.ShouldBe(EtcdError.LeaseNotFound);

    [Fact]
    public void An_empty_value_is_a_value()
    {
        world.Put("a", "");
        world.ValueOf("a").ShouldBe("");
    }
}
