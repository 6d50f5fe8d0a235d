using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue.Tests;

public class CompactionTests
{
    private readonly KeyValueStore _store = new();

    [Fact]
    public void The_state_at_the_compact_revision_stays_readable()
    {
        _store.Put("a", "1");
        _store.Put("b", "1");
        _store.Put("a", "2");
        _store.Compact(3);
        _store.CollectGarbage(100);

        _store.Current.Range(new RangeQuery { Keys = Bytes.All, Revision = 3 }).Show().ShouldBe("a=1 b=1");
        _store.Current.CompactRevision.ShouldBe(3);
    }

    [Fact]
    public void A_read_below_the_compact_revision_is_refused_at_once()
    {
        _store.Put("a", "1");
        _store.Put("a", "2");
        _store.Compact(3);

        RevisionCompactedException thrown = Should.Throw<RevisionCompactedException>(() => _store.Current.Get(Bytes.Of("a"), 2));
        thrown.Revision.ShouldBe(2);
        thrown.CompactRevision.ShouldBe(3);
        Should.Throw<RevisionCompactedException>(() => _store.Current.Range(new RangeQuery { Keys = Bytes.All, Revision = 1 }));
        Should.Throw<RevisionCompactedException>(() => _store.Current.Hash(2));
    }

    [Fact]
    public void The_same_revision_is_compacted_once()
    {
        _store.Put("a", "1");
        _store.Compact(2);
        Should.Throw<RevisionCompactedException>(() => _store.Compact(2));
        Should.Throw<RevisionCompactedException>(() => _store.Compact(1));
    }

    [Fact]
    public void A_future_revision_cannot_be_compacted()
    {
        _store.Put("a", "1");
        Should.Throw<FutureRevisionException>(() => _store.Compact(3));
        _store.Current.CompactRevision.ShouldBe(-1);
    }

    [Fact]
    public void Events_of_the_compact_revision_itself_are_kept_deletions_too()
    {
        _store.Put("a", "1");
        _store.Delete("a");
        _store.Compact(3);
        _store.CollectGarbage(100);
        KeyValueEvent kept = _store.Current.Events(3, 3, Bytes.All).ShouldHaveSingleItem();
        kept.Kind.ShouldBe(KeyValueEventKind.Delete);
        _store.Current.Previous(kept).ShouldBeNull();

        _store.Put("b", "1");
        _store.Compact(4);
        _store.CollectGarbage(100);
        _store.Current.Events(4, 4, Bytes.All).ShouldHaveSingleItem().Kind.ShouldBe(KeyValueEventKind.Put);
    }

    [Fact]
    public void Size_shrinks_at_once_and_not_again_when_memory_is_freed()
    {
        _store.Put("a", "12345");
        long one = _store.Current.SizeBytes;
        _store.Put("a", "12345");
        _store.Put("a", "12345");
        _store.Current.SizeBytes.ShouldBe(3 * one);
        _store.Compact(4);
        _store.Current.SizeBytes.ShouldBe(one);
        _store.HasGarbage.ShouldBeTrue();
        _store.CollectGarbage(100).ShouldBeFalse();
        _store.Current.SizeBytes.ShouldBe(one);
    }

    [Fact]
    public void A_deleted_key_costs_nothing_once_its_deletion_is_compacted_away()
    {
        _store.Put("a", "1");
        _store.Delete("a");
        _store.Put("b", "1");
        long sizeOfBoth = _store.Current.SizeBytes;
        _store.Compact(4);
        _store.Current.SizeBytes.ShouldBeLessThan(sizeOfBoth / 2);
        _store.CollectGarbage(100);
        _store.Current.Tree.Root.Count.ShouldBe(1);
    }

    [Fact]
    public void Garbage_is_collected_in_steps_that_change_nothing_to_be_seen()
    {
        for (int i = 0; i < 2000; i++)
        {
            _store.Put($"key{i % 300}", $"{i}");
        }

        _store.Compact(1900);
        byte[] snapshot = _store.Current.Snapshot();
        uint hash = _store.Current.Hash(0);
        int steps = 1;
        while (_store.CollectGarbage(100))
        {
            steps++;
            _store.Current.Snapshot().ShouldBe(snapshot);
            _store.Current.Hash(0).ShouldBe(hash);
            _store.Current.Revision.ShouldBe(2001);
        }

        // Changes up to the compact revision: 2 to 1900; then what is left of slabs that became mostly free.
        steps.ShouldBeGreaterThanOrEqualTo(19);
        _store.Current.Snapshot().ShouldBe(snapshot);
    }

    [Fact]
    public void A_second_compaction_takes_over_what_the_first_left()
    {
        _store.Put("a", "1");
        _store.Delete("a");
        _store.Put("b", "1");
        _store.Put("b", "2");
        _store.Compact(3);
        _store.CollectGarbage(1).ShouldBeTrue();
        _store.Compact(5);
        while (_store.CollectGarbage(1))
        {
        }

        _store.Current.Tree.Root.Count.ShouldBe(1);
        _store.LiveRecordBytes.ShouldBe(TreeReader.Find(_store.Current.Tree, "b"u8)!.Value.Newest.RecordBytes);
    }

    [Fact]
    public void A_deletion_kept_as_an_event_of_one_compaction_is_freed_by_the_next()
    {
        _store.Put("a", "1");
        _store.Delete("a");
        _store.Put("b", "1");
        _store.Compact(3);
        _store.CollectGarbage(100).ShouldBeFalse();
        _store.Current.Tree.Root.Count.ShouldBe(2);
        _store.Compact(4);
        _store.CollectGarbage(100).ShouldBeFalse();
        _store.Current.Tree.Root.Count.ShouldBe(1);
    }

    [Fact]
    public void Writes_go_on_while_garbage_is_collected()
    {
        _store.Put("a", "1");
        _store.Put("a", "2");
        _store.Delete("a");
        _store.Compact(4);
        _store.Put("a", "3");
        while (_store.CollectGarbage(1))
        {
        }

        KeyValueRecord record = _store.Current.Get(Bytes.Of("a"))!.Value;
        record.Version.ShouldBe(1);
        record.CreateRevision.ShouldBe(5);
    }
}
