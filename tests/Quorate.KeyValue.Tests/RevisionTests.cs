namespace Quorate.KeyValue.Tests;

public class RevisionTests
{
    private readonly KeyValueStore _store = new();

    [Fact]
    public void An_empty_store_is_at_revision_one_and_holds_nothing()
    {
        _store.Current.Revision.ShouldBe(1);
        _store.Current.CompactRevision.ShouldBeLessThanOrEqualTo(0);
        _store.Current.KeyCount.ShouldBe(0);
        _store.Current.SizeBytes.ShouldBe(0);
        _store.Current.Range(new RangeQuery { Keys = Bytes.All }).Count.ShouldBe(0);
    }

    [Fact]
    public void Writes_of_a_key_count_its_versions_and_keep_its_creation()
    {
        _store.Put("a", "1", lease: 7);
        _store.Put("b", "x");
        _store.Put("a", "2");

        KeyValueRecord record = _store.Current.Get(Bytes.Of("a"))!.Value;
        record.CreateRevision.ShouldBe(2);
        record.ModRevision.ShouldBe(4);
        record.Version.ShouldBe(2);
        record.Lease.ShouldBe(0);
        _store.Current.Get(Bytes.Of("a"), 3)!.Value.Lease.ShouldBe(7);
    }

    [Fact]
    public void A_key_created_again_starts_at_version_one_with_a_new_creation()
    {
        _store.Put("a", "1");
        _store.Put("a", "2");
        _store.Delete("a");
        _store.Put("a", "3");

        KeyValueRecord record = _store.Current.Get(Bytes.Of("a"))!.Value;
        record.Version.ShouldBe(1);
        record.CreateRevision.ShouldBe(5);
    }

    [Fact]
    public void A_deleted_key_is_still_there_at_an_older_revision()
    {
        _store.Put("a", "1");
        _store.Delete("a");

        _store.Current.Get(Bytes.Of("a")).ShouldBeNull();
        Bytes.Text(_store.Current.Get(Bytes.Of("a"), 2)!.Value.Value).ShouldBe("1");
        _store.Current.Get(Bytes.Of("a"), 1).ShouldBeNull();
        _store.Current.KeyCount.ShouldBe(0);
    }

    [Fact]
    public void Deleting_nothing_uses_up_no_revision()
    {
        _store.Delete("a").Revision.ShouldBe(1);
    }

    [Fact]
    public void All_changes_of_a_transaction_have_one_revision()
    {
        _store.Put("a", "1");
        using WriteTransaction transaction = _store.Begin();
        transaction.Revision.ShouldBe(2);
        transaction.HasChanges.ShouldBeFalse();
        transaction.Put(Bytes.Of("b"), Bytes.Of("1"), 0).ShouldBeNull();
        transaction.Revision.ShouldBe(3);
        transaction.HasChanges.ShouldBeTrue();
        transaction.Delete(Bytes.Key("a")).Count.ShouldBe(1);
        StoreVersion version = transaction.Commit();

        version.Revision.ShouldBe(3);
        version.Events(3, 3, Bytes.All).Select(change => change.Sub).ShouldBe([0, 1]);
    }

    [Fact]
    public void A_read_of_a_future_revision_is_refused()
    {
        FutureRevisionException thrown = Should.Throw<FutureRevisionException>(
            () => _store.Current.Range(new RangeQuery { Keys = Bytes.All, Revision = 2 }));
        thrown.Revision.ShouldBe(2);
        thrown.CurrentRevision.ShouldBe(1);
    }

    [Fact]
    public void A_held_version_does_not_change()
    {
        StoreVersion held = _store.Put("a", "1");
        _store.Put("a", "2");
        _store.Put("b", "1");
        _store.Delete("a");
        _store.Compact(5);
        _store.CollectGarbage(100);

        held.Range(new RangeQuery { Keys = Bytes.All }).Show().ShouldBe("a=1");
        held.Revision.ShouldBe(2);
        held.KeyCount.ShouldBe(1);
        held.CompactRevision.ShouldBeLessThanOrEqualTo(0);
    }

    [Fact]
    public void The_stored_bytes_are_copies()
    {
        byte[] key = "a"u8.ToArray();
        byte[] value = "1"u8.ToArray();
        using WriteTransaction transaction = _store.Begin();
        transaction.Put(key, value, 0);
        key[0] = value[0] = (byte)'z';
        transaction.Commit().Range(new RangeQuery { Keys = Bytes.All }).Show().ShouldBe("a=1");
    }
}
