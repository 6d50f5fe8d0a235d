namespace Quorate.KeyValue.Tests;

public class TransactionTests
{
    private readonly KeyValueStore _store = new();

    [Fact]
    public void Reads_inside_see_its_own_changes_and_readers_outside_do_not()
    {
        _store.Put("a", "1");
        using WriteTransaction transaction = _store.Begin();
        transaction.Put(Bytes.Of("a"), Bytes.Of("2"), 0);
        transaction.Put(Bytes.Of("b"), Bytes.Of("3"), 0);

        transaction.Range(new RangeQuery { Keys = Bytes.All }).Show().ShouldBe("a=2 b=3");
        transaction.Range(new RangeQuery { Keys = Bytes.All, Revision = 2 }).Show().ShouldBe("a=1");
        _store.Current.Range(new RangeQuery { Keys = Bytes.All }).Show().ShouldBe("a=1");
    }

    [Fact]
    public void A_read_inside_at_its_own_revision_is_allowed_once_something_changed()
    {
        using WriteTransaction transaction = _store.Begin();
        Should.Throw<FutureRevisionException>(() => transaction.Range(new RangeQuery { Keys = Bytes.All, Revision = 2 }));
        transaction.Put(Bytes.Of("a"), Bytes.Of("1"), 0);
        transaction.Range(new RangeQuery { Keys = Bytes.All, Revision = 2 }).Show().ShouldBe("a=1");
    }

    [Fact]
    public void A_transaction_without_changes_uses_up_no_revision()
    {
        _store.Begin().Commit().Revision.ShouldBe(1);
    }

    [Fact]
    public void A_key_written_twice_gets_two_versions_of_one_revision()
    {
        using WriteTransaction transaction = _store.Begin();
        transaction.Put(Bytes.Of("a"), Bytes.Of("1"), 0);
        transaction.Put(Bytes.Of("a"), Bytes.Of("2"), 0);
        StoreVersion version = transaction.Commit();

        version.Get(Bytes.Of("a"))!.Value.Version.ShouldBe(2);
        version.Events(2, 2, Bytes.All).Count().ShouldBe(2);
    }

    [Fact]
    public void Deleting_a_range_returns_what_was_there_in_order_of_key()
    {
        _store.Put("b", "2");
        _store.Put("a", "1");
        _store.Put("c", "3");
        using WriteTransaction transaction = _store.Begin();
        transaction.Delete(Bytes.Range("a", "c")).Select(record => Bytes.Text(record.Value)).ShouldBe(["1", "2"]);
        transaction.Delete(Bytes.Range("a", "c")).ShouldBeEmpty();
        transaction.Commit().Range(new RangeQuery { Keys = Bytes.All }).Show().ShouldBe("c=3");
    }

    [Fact]
    public void What_is_not_committed_leaves_no_trace()
    {
        _store.Put("a", "1");
        _store.Put("b", "1");
        _store.Delete("b");
        byte[] before = _store.Current.Snapshot();
        long sizeBefore = _store.Current.SizeBytes;
        using (WriteTransaction transaction = _store.Begin())
        {
            transaction.Delete(Bytes.All);
            transaction.Put(Bytes.Of("b"), Bytes.Of("2"), 0);
            for (int i = 0; i < 1000; i++)
            {
                transaction.Put(Bytes.Of($"new{i}"), Bytes.Of("x"), 0);
            }
        }

        _store.Publish();
        StoreVersion after = _store.Current;
        after.Snapshot().ShouldBe(before);
        after.SizeBytes.ShouldBe(sizeBefore);
        after.Events(0, 100, Bytes.All).Count().ShouldBe(3);
        _store.Put("c", "1").Revision.ShouldBe(5);
    }

    [Fact]
    public void Beginning_another_takes_back_the_open_one_and_ends_it()
    {
        WriteTransaction abandoned = _store.Begin();
        abandoned.Put(Bytes.Of("a"), Bytes.Of("1"), 0);
        using WriteTransaction other = _store.Begin();

        other.Get(Bytes.Of("a")).ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => abandoned.Commit());
        abandoned.Dispose();
        other.Put(Bytes.Of("b"), Bytes.Of("1"), 0);
        other.Commit().Range(new RangeQuery { Keys = Bytes.All }).Show().ShouldBe("b=1");
    }

    [Fact]
    public void A_transaction_cannot_be_used_after_its_commit()
    {
        WriteTransaction transaction = _store.Begin();
        transaction.Commit();
        Should.Throw<InvalidOperationException>(() => transaction.Put(Bytes.Of("a"), default, 0));
        Should.Throw<InvalidOperationException>(() => transaction.Commit());
    }

    [Fact]
    public void Nothing_is_published_compacted_or_collected_inside_a_transaction()
    {
        _store.Put("a", "1");
        using WriteTransaction transaction = _store.Begin();
        Should.Throw<InvalidOperationException>(() => _store.Publish());
        Should.Throw<InvalidOperationException>(() => _store.Compact(2));
        Should.Throw<InvalidOperationException>(() => _store.CollectGarbage(1));
    }

    [Fact]
    public void Transactions_committed_unpublished_are_shown_together()
    {
        for (int i = 0; i < 3; i++)
        {
            using WriteTransaction transaction = _store.Begin();
            transaction.Put(Bytes.Of("a"), Bytes.Of($"{i}"), 0);
            transaction.CommitUnpublished();
        }

        _store.Current.Revision.ShouldBe(1);
        _store.Publish();
        StoreVersion published = _store.Current;
        published.Revision.ShouldBe(4);
        _store.Current.ShouldBeSameAs(published);
        published.Get(Bytes.Of("a"))!.Value.Version.ShouldBe(3);
    }

    [Fact]
    public void A_key_without_bytes_is_refused()
    {
        using WriteTransaction transaction = _store.Begin();
        Should.Throw<ArgumentException>(() => transaction.Put(default, Bytes.Of("1"), 0));
        transaction.HasChanges.ShouldBeFalse();
    }

    [Fact]
    public void A_value_may_be_empty()
    {
        _store.Put("a", "");
        _store.Current.Get(Bytes.Of("a"))!.Value.Value.IsEmpty.ShouldBeTrue();
        _store.Current.KeyCount.ShouldBe(1);
    }
}
