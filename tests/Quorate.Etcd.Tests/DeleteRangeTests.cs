using Quorate.Etcd.Protocol;
using Quorate.Etcd.Tests.Support;
using static Quorate.Etcd.Tests.Support.Ask;

namespace Quorate.Etcd.Tests;

public class DeleteRangeTests
{
    private readonly EtcdWorld world = new();

    [Fact]
    public void A_deletion_of_nothing_uses_up_no_revision()
    {
        DeleteRangeResponse response = world.Do(Delete("a"));
        response.Deleted.ShouldBe(0);
        response.Header.Revision.ShouldBe(1);
    }

    [Fact]
    public void A_range_is_deleted_in_one_revision()
    {
        world.Put("a", "1");
        world.Put("b", "2");
        world.Put("c", "3");
        DeleteRangeRequest request = Delete("a", "c");
        request.PrevKv = true;

        DeleteRangeResponse response = world.Do(request);

        response.Deleted.ShouldBe(2);
        response.Header.ShouldBe(new ResponseHeader { ClusterId = 42, MemberId = 7, Revision = 5, RaftTerm = 3 });
        response.PrevKvs.Select(record => record.Value.ToStringUtf8()).ShouldBe(["1", "2"]);
        world.Do(Get("a", "\0")).Kvs.Single().Key.ShouldBe(Bytes("c"));
    }

    [Fact]
    public void What_was_deleted_comes_back_only_where_it_is_asked_for()
    {
        world.Put("a", "1");
        world.Do(Delete("a")).PrevKvs.ShouldBeEmpty();
    }

    [Fact]
    public void An_end_of_a_zero_byte_deletes_all_keys_from_the_key_on()
    {
        world.Put("a", "1");
        world.Put("b", "1");
        world.Put("z", "1");
        world.Do(Delete("b", "\0")).Deleted.ShouldBe(2);
    }

    [Fact]
    public void A_range_that_ends_before_it_starts_deletes_nothing()
    {
        world.Put("b", "1");
        world.Do(Delete("c", "a")).Deleted.ShouldBe(0);
    }

    [Fact]
    public void A_key_written_after_its_deletion_is_a_new_one()
    {
        world.Put("a", "1");
        world.Do(Delete("a"));
        world.Put("a", "2");
        Protocol.KeyValue stored = world.Get("a").ShouldNotBeNull();
        (stored.CreateRevision, stored.ModRevision, stored.Version).ShouldBe((4, 4, 1));
    }

    [Fact]
    public void An_empty_key_is_refused() =>
        world.Call(new DeleteRangeRequest { RangeEnd = Bytes("z") }).Error.ShouldBe(EtcdError.EmptyKey);
}
