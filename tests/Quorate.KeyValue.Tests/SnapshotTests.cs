using System.Buffers.Binary;

namespace Quorate.KeyValue.Tests;

public class SnapshotTests
{
    [Fact]
    public void A_load_allocates_little_beside_what_stays()
    {
        const int Keys = 20_000;
        var store = new KeyValueStore();
        for (int i = 0; i < Keys; i++)
        {
            store.Put($"key/{i * 7919 % Keys:d8}", new string('x', 64));
        }

        byte[] snapshot = store.Current.Snapshot();
        var loaded = new KeyValueStore();
        using var stream = new MemoryStream(snapshot);
        long before = GC.GetAllocatedBytesForCurrentThread();
        loaded.Load(stream);
        long bytesEach = (GC.GetAllocatedBytesForCurrentThread() - before) / Keys;

        // A record of 21 and 76, 16 in the log of changes, 12 to 20 in the tree; besides, the changes while they are put in
        // order, in lists that double: 32, twice to four times.
        bytesEach.ShouldBeLessThan(300);
        loaded.Current.Hash(loaded.Current.Revision).ShouldBe(store.Current.Hash(store.Current.Revision));
    }

    [Fact]
    public void An_empty_store_can_be_written_and_loaded()
    {
        byte[] snapshot = new KeyValueStore().Current.Snapshot();
        KeyValueStore loaded = Bytes.Reload(snapshot);
        loaded.Current.Revision.ShouldBe(1);
        loaded.Put("a", "1").Revision.ShouldBe(2);
    }

    [Fact]
    public void The_whole_history_comes_back()
    {
        KeyValueStore store = Example();
        KeyValueStore loaded = Bytes.Reload(store.Current.Snapshot());

        loaded.Current.Revision.ShouldBe(store.Current.Revision);
        loaded.Current.SizeBytes.ShouldBe(store.Current.SizeBytes);
        loaded.Current.KeyCount.ShouldBe(1);
        Bytes.Text(loaded.Current.Get(Bytes.Of("a"), 2)!.Value.Value).ShouldBe("1");
        loaded.Current.Get(Bytes.Of("a")).ShouldBeNull();
        loaded.Current.Events(2, 5, Bytes.All).ShouldBe(store.Current.Events(2, 5, Bytes.All), EventsAreEqual);
    }

    [Fact]
    public void A_loaded_store_goes_on_as_the_written_one_does()
    {
        KeyValueStore store = Example();
        KeyValueStore loaded = Bytes.Reload(store.Current.Snapshot());
        foreach (KeyValueStore either in new[] { store, loaded })
        {
            either.Put("a", "new");
            either.Compact(5);
            either.Delete("b");
            either.Compact(7);
        }

        loaded.Current.Snapshot().ShouldBe(store.Current.Snapshot());
        loaded.Current.SizeBytes.ShouldBe(store.Current.SizeBytes);
        loaded.Current.Hash(0).ShouldBe(store.Current.Hash(0));
    }

    [Fact]
    public void Equal_states_give_equal_bytes_whatever_garbage_and_tree_they_have()
    {
        var one = new KeyValueStore();
        var other = new KeyValueStore();
        for (int i = 0; i < 3000; i++)
        {
            string key = $"key{i * 7919 % 1000}";
            one.Put(key, $"{i}");
            using (WriteTransaction abandoned = other.Begin())
            {
                abandoned.Put(Bytes.Of($"other{i}"), Bytes.Of("x"), 0);
            }

            other.Put(key, $"{i}");
        }

        one.Compact(1500);
        other.Compact(1000);
        while (other.CollectGarbage(50))
        {
        }

        other.Compact(1500);
        other.CollectGarbage(10);
        one.Current.Snapshot().ShouldBe(other.Current.Snapshot());
    }

    [Fact]
    public void Pieces_are_bounded_and_values_above_a_piece_are_cut_over_several()
    {
        var store = new KeyValueStore();
        string large = new('x', 200_000);
        store.Put("a", large);
        store.Put(new string('k', 70_000), "small");
        int pieces = 0;
        foreach (ReadOnlyMemory<byte> piece in store.Current.WriteSnapshot())
        {
            piece.Length.ShouldBeInRange(1, 64 * 1024);
            pieces++;
        }

        pieces.ShouldBe(5);
        KeyValueStore loaded = Bytes.Reload(store.Current.Snapshot());
        Bytes.Text(loaded.Current.Get(Bytes.Of("a"))!.Value.Value).ShouldBe(large);
        loaded.Current.KeyCount.ShouldBe(2);
    }

    [Fact]
    public void Each_piece_but_the_last_is_nearly_as_long_as_one_may_be()
    {
        var store = new KeyValueStore();
        for (int i = 0; i < 5000; i++)
        {
            store.Put($"key{i}", "value");
        }

        int[] lengths = [.. store.Current.WriteSnapshot().Select(static piece => piece.Length)];
        lengths.Length.ShouldBeGreaterThan(2);
        lengths[..^1].ShouldAllBe(static length => length > (64 * 1024) - 64 && length <= 64 * 1024);
    }

    [Fact]
    public void A_value_of_megabytes_survives()
    {
        var store = new KeyValueStore();
        byte[] large = new byte[5_000_000];
        new Random(1).NextBytes(large);
        using WriteTransaction transaction = store.Begin();
        transaction.Put(Bytes.Of("a"), large, 0);
        byte[] snapshot = transaction.Commit().Snapshot();
        Bytes.Reload(snapshot).Current.Get(Bytes.Of("a"))!.Value.Value.ToArray().ShouldBe(large);
    }

    [Fact]
    public void A_snapshot_cut_anywhere_is_refused_and_the_store_stays_as_it_was()
    {
        byte[] snapshot = Example().Current.Snapshot();
        KeyValueStore store = new();
        store.Put("mine", "1");
        for (int length = 0; length < snapshot.Length; length++)
        {
            using var cut = new MemoryStream(snapshot, 0, length);
            InvalidDataException thrown = Should.Throw<InvalidDataException>(() => store.Load(cut));
            thrown.Message.ShouldContain($"offset {length}");
        }

        store.Current.Range(new RangeQuery { Keys = Bytes.All }).Show().ShouldBe("mine=1");
    }

    [Fact]
    public void Bytes_after_the_end_are_refused()
    {
        byte[] snapshot = Example().Current.Snapshot();
        Should.Throw<InvalidDataException>(() => Bytes.Reload([.. snapshot, 0])).Message.ShouldContain("after the end");
    }

    [Fact]
    public void A_newer_format_is_named()
    {
        byte[] snapshot = Example().Current.Snapshot();
        BinaryPrimitives.WriteInt32LittleEndian(snapshot.AsSpan(8), 2);
        Should.Throw<InvalidDataException>(() => Bytes.Reload(snapshot)).Message.ShouldContain("the format is 2, and this program reads 1");
    }

    [Fact]
    public void Something_else_is_told_apart()
    {
        Should.Throw<InvalidDataException>(() => Bytes.Reload(new byte[100])).Message.ShouldContain("not a key-value snapshot");
    }

    [Fact]
    public void Bytes_changed_at_random_are_refused_or_make_a_sound_store_and_never_anything_else()
    {
        byte[] snapshot = Example().Current.Snapshot();
        for (int position = 0; position < snapshot.Length; position++)
        {
            foreach (byte mask in new byte[] { 1, 0x80, 0xFF })
            {
                byte[] damaged = [.. snapshot];
                damaged[position] ^= mask;
                try
                {
                    KeyValueStore loaded = Bytes.Reload(damaged);
                    loaded.Current.Snapshot().ShouldBe(damaged);
                    loaded.Compact(loaded.Current.Revision);
                    loaded.Current.SizeBytes.ShouldBeGreaterThanOrEqualTo(0);
                }
                catch (InvalidDataException)
                {
                }
                catch (RevisionCompactedException)
                {
                    // The damage made the compact revision the present one.
                }
            }
        }
    }

    [Theory]
    [InlineData(24, 9, "compact revision is 9")]
    [InlineData(16, 0, "the revision is 0")]
    [InlineData(16, 4, "the store's is 4")]
    public void Numbers_that_contradict_each_other_are_refused(int offset, long number, string message)
    {
        byte[] snapshot = Example().Current.Snapshot();
        BinaryPrimitives.WriteInt64LittleEndian(snapshot.AsSpan(offset), number);
        Should.Throw<InvalidDataException>(() => Bytes.Reload(snapshot)).Message.ShouldContain(message);
    }

    [Fact]
    public void Loading_replaces_everything_and_ends_an_open_transaction()
    {
        byte[] snapshot = Example().Current.Snapshot();
        var store = new KeyValueStore();
        store.Put("x", "1");
        StoreVersion held = store.Current;
        WriteTransaction open = store.Begin();
        open.Put(Bytes.Of("y"), Bytes.Of("1"), 0);
        store.Load(new MemoryStream(snapshot));

        Should.Throw<InvalidOperationException>(() => open.Commit());
        store.Current.Snapshot().ShouldBe(snapshot);
        held.Range(new RangeQuery { Keys = Bytes.All }).Show().ShouldBe("x=1");
    }

    [Fact]
    public void The_hash_tells_states_apart_that_differ_in_one_field()
    {
        var hashes = new List<uint>
        {
            new KeyValueStore().Current.Hash(0),
            new KeyValueStore().Put("a", "1").Hash(0),
            new KeyValueStore().Put("a", "2").Hash(0),
            new KeyValueStore().Put("b", "1").Hash(0),
            new KeyValueStore().Put("a", "1", lease: 1).Hash(0),
            new KeyValueStore().Put("a1", "").Hash(0),
        };
        hashes.ShouldBeUnique();
    }

    [Fact]
    public void The_hash_at_an_older_revision_is_what_it_was_then()
    {
        var store = new KeyValueStore();
        var hashes = new List<uint>();
        for (int i = 0; i < 50; i++)
        {
            hashes.Add((i % 5 == 4 ? store.Delete($"key{(i - 1) % 7}") : store.Put($"key{i % 7}", $"{i}")).Hash(0));
        }

        store.Current.Revision.ShouldBe(51);
        for (int i = 0; i < 50; i++)
        {
            store.Current.Hash(i + 2).ShouldBe(hashes[i]);
        }
    }

    /// <summary>Revisions 2 to 5: a=1 leased, b=1, a deleted and b rewritten together, c written and deleted.</summary>
    private static KeyValueStore Example()
    {
        var store = new KeyValueStore();
        store.Put("a", "1", lease: 3);
        store.Put("b", "1");
        using (WriteTransaction transaction = store.Begin())
        {
            transaction.Delete(Bytes.Key("a"));
            transaction.Put(Bytes.Of("b"), Bytes.Of("2"), 0);
            transaction.Commit();
        }

        using (WriteTransaction transaction = store.Begin())
        {
            transaction.Put(Bytes.Of("c"), Bytes.Of("1"), 0);
            transaction.Delete(Bytes.Key("c"));
            transaction.Commit();
        }

        return store;
    }

    private static readonly IEqualityComparer<KeyValueEvent> EventsAreEqual = new EventComparer();

    private sealed class EventComparer : IEqualityComparer<KeyValueEvent>
    {
        public bool Equals(KeyValueEvent x, KeyValueEvent y) => Show(x) == Show(y);

        public int GetHashCode(KeyValueEvent obj) => obj.Sub;

        private static string Show(KeyValueEvent change) =>
            $"{change.Kind} {change.Sub} {Bytes.Text(change.Record.Key)} {Bytes.Text(change.Record.Value)} "
            + $"{change.Record.CreateRevision} {change.Record.ModRevision} {change.Record.Version} {change.Record.Lease}";
    }
}
