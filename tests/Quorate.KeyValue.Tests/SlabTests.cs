namespace Quorate.KeyValue.Tests;

/// <summary>The memory that versions take, and how it comes back.</summary>
public class SlabTests
{
    private readonly KeyValueStore _store = new();

    [Fact]
    public void What_a_compaction_frees_is_given_back_though_something_is_left_in_every_slab()
    {
        // Every hundredth key stays, so each slab of those that were written keeps a little.
        Overwrite(rounds: 10);
        long before = _store.SlabBytes;
        byte[] snapshot = CompactAll();
        _store.SlabBytes.ShouldBeLessThan(before / 4);
        _store.SlabBytes.ShouldBeLessThan(4 * _store.LiveRecordBytes);
        _store.Current.Snapshot().ShouldBe(snapshot);
    }

    [Fact]
    public void Memory_stays_in_bounds_however_often_all_is_written_anew()
    {
        Overwrite(rounds: 2);
        CompactAll();
        long once = _store.SlabBytes;
        for (int i = 0; i < 20; i++)
        {
            Overwrite(rounds: 2);
            CompactAll();
        }

        _store.SlabBytes.ShouldBeLessThan(3 * once);
    }

    [Fact]
    public void A_held_version_keeps_what_was_moved_and_given_back_since()
    {
        Overwrite(rounds: 3);
        StoreVersion held = _store.Current;
        byte[] snapshot = held.Snapshot();
        for (int i = 0; i < 5; i++)
        {
            Overwrite(rounds: 3);
            CompactAll();
        }

        held.Snapshot().ShouldBe(snapshot);
        KeyValueStore loaded = Bytes.Reload(snapshot);
        held.Hash(0).ShouldBe(loaded.Current.Hash(0));
        held.Range(new RangeQuery { Keys = Bytes.All, Revision = 500 }).Show()
            .ShouldBe(loaded.Current.Range(new RangeQuery { Keys = Bytes.All, Revision = 500 }).Show());
    }

    [Fact]
    public void What_a_read_returned_stays_whatever_becomes_of_the_key()
    {
        _store.Put("a", new string('1', 1000));
        KeyValueRecord read = _store.Current.Get(Bytes.Of("a"))!.Value;
        Overwrite(rounds: 5);
        _store.Delete("a");
        CompactAll();
        Overwrite(rounds: 5);
        Bytes.Text(read.Value).ShouldBe(new string('1', 1000));
    }

    [Fact]
    public void A_large_value_has_a_slab_of_its_own_that_goes_with_it()
    {
        _store.Put("small", "1");
        long small = _store.SlabBytes;
        _store.Put("large", new string('x', 3_000_000));
        _store.SlabBytes.ShouldBeInRange(small + 3_000_000, small + 3_001_000);
        _store.Put("small", "2");
        _store.SlabBytes.ShouldBeLessThan(small + 3_001_000);
        _store.Delete("large");
        CompactAll();
        _store.Put("small", "3");
        CompactAll();
        _store.SlabBytes.ShouldBe(small);
    }

    [Fact]
    public void What_is_taken_back_is_given_back_with_the_next_garbage()
    {
        _store.Put("a", "1");
        long before = _store.LiveRecordBytes;
        using (WriteTransaction transaction = _store.Begin())
        {
            transaction.Put(Bytes.Of("a"), Bytes.Of(new string('x', 1_000_000)), 0);
            transaction.Delete(Bytes.All);
        }

        _store.LiveRecordBytes.ShouldBe(before);
        _store.Put("a", "2");
        CompactAll();
        _store.SlabBytes.ShouldBeLessThan(10_000);
        _store.Current.Range(new RangeQuery { Keys = Bytes.All }).Show().ShouldBe("a=2");
    }

    private void Overwrite(int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < 1000; i++)
            {
                // Of a hundred keys one is written in the first round only.
                if (round == 0 || i % 100 != 0)
                {
                    _store.Put($"key{i * 7919 % 1000:D4}", $"{round}/{i}/{new string('v', i % 300)}");
                }
            }
        }
    }

    private byte[] CompactAll()
    {
        _store.Compact(_store.Current.Revision);
        byte[] snapshot = _store.Current.Snapshot();
        while (_store.CollectGarbage(100))
        {
        }

        return snapshot;
    }
}
