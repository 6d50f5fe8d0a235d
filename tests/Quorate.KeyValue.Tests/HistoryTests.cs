namespace Quorate.KeyValue.Tests;

/// <summary>A version whose keys nobody has asked for costs the writer nothing; one whose keys somebody has is kept whole.</summary>
public sealed class HistoryTests
{
    private readonly KeyValueStore _store = new();

    [Fact]
    public void A_version_that_nobody_held_can_not_be_held_once_there_is_a_newer_one()
    {
        Put("a", "1");
        StoreHistory history = _store.History;
        Put("a", "2");
        history.TryHold().ShouldBeNull();
        history.Revision.ShouldBe(2);
        history.KeyCount.ShouldBe(1);
        history.Events(2, 100, Bytes.All).Select(change => Bytes.Text(change.Record.Value)).ShouldBe(["1"]);
    }

    [Fact]
    public void A_version_that_is_held_stays_whatever_is_written()
    {
        Put("a", "1");
        StoreHistory history = _store.History;
        StoreVersion held = history.TryHold()!;
        held.ShouldBeSameAs(_store.Current);
        for (int i = 0; i < 100; i++)
        {
            Put("a", $"{i}");
        }

        Bytes.Text(held.Get(Bytes.Of("a"))!.Value.Value).ShouldBe("1");
        history.TryHold().ShouldBeSameAs(held);
    }

    [Fact]
    public void Writes_that_nobody_reads_between_allocate_no_nodes()
    {
        const int Keys = 5000;
        var random = new Random(1);
        for (int i = 0; i < Keys; i++)
        {
            Put($"{i:D5}", "x");
        }

        byte[][] keys = [.. Enumerable.Range(0, Keys).Select(i => Bytes.Of($"{i:D5}").ToArray())];
        byte[] value = new byte[10];
        long Write(int writes)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < writes; i++)
            {
                using WriteTransaction write = _store.Begin();
                write.Put(keys[random.Next(Keys)], value, 0);
                write.CommitUnpublished();
                _store.Publish();
            }

            return (GC.GetAllocatedBytesForCurrentThread() - before) / writes;
        }

        Write(2 * Keys);

        // The transaction, the version, and the room of the record and of the change; a leaf alone has 430 bytes.
        Write(5000).ShouldBeLessThan(400);
        _ = _store.Current;
        Write(100).ShouldBeGreaterThan(400, "what a reader may have must not serve again");
    }

    private void Put(string key, string value)
    {
        using WriteTransaction write = _store.Begin();
        write.Put(Bytes.Of(key), Bytes.Of(value), 0);
        write.CommitUnpublished();
        _store.Publish();
    }
}
