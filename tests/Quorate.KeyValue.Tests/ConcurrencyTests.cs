namespace Quorate.KeyValue.Tests;

/// <summary>Readers on threads of their own, against the rule that readers never wait and see one revision whole.</summary>
public class ConcurrencyTests
{
    private const int Keys = 200;
    private const int Revisions = 3000;

    /// <param name="readers">How many.</param>
    /// <param name="pause">Milliseconds from read to read: where they are rare, nodes of the tree serve again in between.</param>
    [Theory]
    [InlineData(3, 0)]
    [InlineData(1, 1)]
    public async Task Readers_on_other_threads_see_whole_revisions_while_the_writer_goes_on(int readers, int pause)
    {
        // Every transaction writes one value under ten keys, some of it deleted again, so a reader that saw half of
        // one would find unequal neighbours.
        var store = new KeyValueStore();
        int done = 0;
        Task<long>[] reading = [.. Enumerable.Range(0, readers).Select(reader => Task.Run(() => Read(store, reader, pause, ref done)))];
        try
        {
            Write(store);
        }
        finally
        {
            Volatile.Write(ref done, 1);
        }

        foreach (long reads in await Task.WhenAll(reading))
        {
            reads.ShouldBeGreaterThan(0);
        }
    }

    private static void Write(KeyValueStore store)
    {
        for (int i = 0; i < Revisions; i++)
        {
            using WriteTransaction transaction = store.Begin();
            int group = i * 31 % (Keys / 10);
            if (i % 13 == 12)
            {
                transaction.Delete(Bytes.Range($"g{group:D3}/", $"g{group:D3}0"));
            }

            for (int member = 0; member < 10; member++)
            {
                transaction.Put(Bytes.Of($"g{group:D3}/{member}"), Bytes.Of($"{i}"), 0);
            }

            if (i % 7 == 6)
            {
                continue;
            }

            transaction.CommitUnpublished();
            store.Publish();
            if (i % 100 == 99)
            {
                store.Compact(store.History.Revision - 50);
            }

            store.CollectGarbage(20);
        }
    }

    private static long Read(KeyValueStore store, int reader, int pause, ref int done)
    {
        var random = new Random(reader);
        long reads = 0;
        do
        {
            StoreVersion version = store.Current;
            byte[]? snapshot = reads % 50 == 0 ? version.Snapshot() : null;
            long revision = random.NextInt64(Math.Max(1, version.CompactRevision), version.Revision + 1);
            IReadOnlyList<KeyValueRecord> records = version.Range(new RangeQuery { Keys = Bytes.All, Revision = revision }).Records;
            (records.Count % 10).ShouldBe(0);
            for (int i = 0; i < records.Count; i++)
            {
                records[i].Value.Span.SequenceEqual(records[i / 10 * 10].Value.Span).ShouldBeTrue();
                records[i].ModRevision.ShouldBe(records[i / 10 * 10].ModRevision);
            }

            long expected = Math.Max(2, version.CompactRevision);
            foreach (IGrouping<long, KeyValueEvent> changes in version.Events(expected, long.MaxValue, Bytes.All).GroupBy(change => change.Revision))
            {
                changes.Key.ShouldBe(expected++);
                changes.Count(change => change.Kind == KeyValueEventKind.Put).ShouldBe(10);
            }

            expected.ShouldBe(version.Revision + 1);
            if (snapshot is not null)
            {
                version.Snapshot().ShouldBe(snapshot);
            }

            reads++;
            Thread.Sleep(pause);
        }
        while (Volatile.Read(ref done) == 0);
        return reads;
    }
}
