namespace Quorate.KeyValue.Tests;

public class EventTests
{
    private readonly KeyValueStore _store = new();

    [Fact]
    public void Events_come_in_order_of_revision_and_of_the_change_within_it()
    {
        _store.Put("b", "1");
        using (WriteTransaction transaction = _store.Begin())
        {
            transaction.Put(Bytes.Of("z"), Bytes.Of("1"), 0);
            transaction.Delete(Bytes.Key("b"));
            transaction.Put(Bytes.Of("a"), Bytes.Of("1"), 0);
            transaction.Commit();
        }

        _store.Current.Events(1, 3, Bytes.All)
            .Select(change => $"{change.Revision}.{change.Sub} {change.Kind} {Bytes.Text(change.Record.Key)}")
            .ShouldBe(["2.0 Put b", "3.0 Put z", "3.1 Delete b", "3.2 Put a"]);
    }

    [Fact]
    public void A_range_of_keys_and_of_revisions_picks_from_them()
    {
        for (int i = 0; i < 3000; i++)
        {
            _store.Put($"key{i % 10}", $"{i}");
        }

        _store.Current.Events(1501, 1600, Bytes.Range("key3", "key5")).Count().ShouldBe(20);
        _store.Current.Events(1501, 1501, Bytes.All).ShouldHaveSingleItem().Revision.ShouldBe(1501);
        _store.Current.Events(2999, long.MaxValue, Bytes.All).Count().ShouldBe(3);
        _store.Current.Events(3002, long.MaxValue, Bytes.All).ShouldBeEmpty();
    }

    [Fact]
    public void A_deletion_tells_the_key_and_the_revision_only()
    {
        _store.Put("a", "1", lease: 5);
        _store.Delete("a");
        KeyValueRecord deleted = _store.Current.Events(3, 3, Bytes.All).Single().Record;
        deleted.ModRevision.ShouldBe(3);
        deleted.CreateRevision.ShouldBe(0);
        deleted.Version.ShouldBe(0);
        deleted.Lease.ShouldBe(0);
        deleted.Value.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void The_first_write_of_a_key_is_a_creation_and_so_is_the_first_after_a_deletion()
    {
        _store.Put("a", "1");
        _store.Put("a", "2");
        _store.Delete("a");
        _store.Put("a", "3");
        _store.Current.Events(2, 5, Bytes.All).Select(change => change.IsCreate).ShouldBe([true, false, false, true]);
    }

    [Fact]
    public void What_a_change_replaced_can_be_looked_up_until_it_is_compacted()
    {
        _store.Put("a", "1");
        _store.Put("a", "2");
        _store.Delete("a");
        _store.Put("a", "3");
        Previous(_store.Current).ShouldBe([null, "1", "2", null]);

        _store.Compact(3);
        StoreVersion current = _store.Current;
        current.Events(3, 5, Bytes.All).Select(change => Value(current.Previous(change))).ShouldBe([null, "2", null]);
    }

    [Fact]
    public void What_is_created_replaces_nothing_also_where_the_same_transaction_deleted_it()
    {
        _store.Put("a", "1");
        using (WriteTransaction transaction = _store.Begin())
        {
            transaction.Delete(Bytes.Key("a"));
            transaction.Put(Bytes.Of("a"), Bytes.Of("2"), 0);
            transaction.Commit();
        }

        Previous(_store.Current).ShouldBe([null, "1", null]);
    }

    [Fact]
    public void Events_from_before_the_compact_revision_are_refused()
    {
        _store.Put("a", "1");
        _store.Put("a", "2");
        _store.Compact(3);
        Should.Throw<RevisionCompactedException>(() => _store.Current.Events(2, 3, Bytes.All));
        _store.Current.Events(3, 3, Bytes.All).Count().ShouldBe(1);
    }

    [Fact]
    public void A_held_version_shows_its_own_events_after_compaction_and_new_writes()
    {
        for (int i = 0; i < 1200; i++)
        {
            _store.Put("a", $"{i}");
        }

        StoreVersion held = _store.Current;
        _store.Compact(1201);
        while (_store.CollectGarbage(100))
        {
        }

        _store.Put("a", "new");
        held.Events(2, long.MaxValue, Bytes.All).Select(change => Bytes.Text(change.Record.Value))
            .ShouldBe(Enumerable.Range(0, 1200).Select(i => $"{i}"));
        Previous(held)[^1].ShouldBe("1198");
    }

    [Fact]
    public void Events_of_a_transaction_that_was_taken_back_are_not_there()
    {
        for (int round = 0; round < 3; round++)
        {
            using WriteTransaction transaction = _store.Begin();
            for (int i = 0; i < 700; i++)
            {
                transaction.Put(Bytes.Of($"key{i}"), Bytes.Of($"{round}"), 0);
            }

            if (round == 2)
            {
                transaction.Commit();
            }
        }

        _store.Current.Events(0, 10, Bytes.All).Count().ShouldBe(700);
        _store.Current.Events(0, 10, Bytes.All).ShouldAllBe(change => Bytes.Text(change.Record.Value) == "2");
    }

    private static List<string?> Previous(StoreVersion version) =>
        [.. version.Events(2, version.Revision, Bytes.All).Select(change => Value(version.Previous(change)))];

    private static string? Value(KeyValueRecord? record) => record is { } found ? Bytes.Text(found.Value) : null;
}
