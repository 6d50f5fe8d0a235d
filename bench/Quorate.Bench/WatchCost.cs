using System.Diagnostics;
using System.Globalization;
using Quorate.KeyValue;

namespace Quorate.Bench;

/// <summary>
/// What watches cost in the process, without a network: a publication past many watchers that do not want it, an event on
/// its way from the store to the bytes that are sent, and history for many who come back at once.
/// </summary>
internal static class WatchCost
{
    private const int ValueBytes = 256;

    public static void Run(int watchers, int rounds)
    {
        Measure("a publication that nobody wants, one watcher", rounds, () => Idle(1));
        Measure($"a publication that nobody wants, {watchers} watchers of other keys", rounds, () => Idle(watchers));
        Measure($"an event, each of {watchers} keys with a watcher of its own", rounds, () => OwnKeys(watchers));
        Measure($"an event, {watchers} watchers of one key", rounds, () => OneKey(watchers, ValueBytes));
        Measure($"an event of 100 KiB, {watchers} watchers of one key", rounds, () => OneKey(watchers, 100 << 10));
        Measure($"a watcher of a key that comes back after 100000 changes, {watchers} at once", rounds, () => Return(watchers, 100_000, ownKeys: true));
        Measure($"an event of history, {watchers} watchers of all keys after 100 changes", rounds, () => Return(watchers, 100, ownKeys: false));
    }

    /// <summary>One measurement to warm up, then as many as were asked for; the median is told.</summary>
    private static void Measure(string what, int rounds, Func<(TimeSpan Time, long Bytes, long Count)> measured)
    {
        measured();
        double[] microseconds = new double[rounds];
        double bytes = 0;
        for (int round = 0; round < rounds; round++)
        {
            GC.Collect();
            (TimeSpan time, long allocated, long count) = measured();
            microseconds[round] = time.TotalMicroseconds / count;
            bytes = allocated / (double)count;
        }

        Array.Sort(microseconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {microseconds[rounds / 2]:0.00} µs, {bytes:0} bytes allocated"));
    }

    private static (TimeSpan Time, long Bytes, long Count) Idle(int watchers)
    {
        const int Publications = 100_000;
        var world = new WatchWorld();
        world.WatchOwnKeys(watchers, startRevision: long.MaxValue / 2);
        StoreHistory[] versions = new StoreHistory[Publications];
        for (int i = 0; i < versions.Length; i++)
        {
            versions[i] = world.Put("other", ValueBytes);
        }

        return Timed(Publications, () =>
        {
            foreach (StoreHistory version in versions)
            {
                world.Deliver(version);
            }
        });
    }

    private static (TimeSpan Time, long Bytes, long Count) OwnKeys(int watchers)
    {
        var world = new WatchWorld();
        world.WatchOwnKeys(watchers, startRevision: 2);
        StoreHistory[] versions = [.. Enumerable.Range(0, watchers).Select(i => world.Put(WatchWorld.KeyOf(i * 7919 % watchers), ValueBytes))];
        return Timed(watchers, () =>
        {
            foreach (StoreHistory version in versions)
            {
                world.Deliver(version);
                world.TakeAll();
            }
        });
    }

    private static (TimeSpan Time, long Bytes, long Count) OneKey(int watchers, int valueBytes)
    {
        const int Changes = 20;
        var world = new WatchWorld();
        for (int i = 0; i < watchers; i++)
        {
            world.Watch(KeyRange.ForKey("one"u8.ToArray()), startRevision: 2);
        }

        StoreHistory[] versions = [.. Enumerable.Range(0, Changes).Select(_ => world.Put("one", valueBytes))];
        return Timed((long)Changes * watchers, () =>
        {
            foreach (StoreHistory version in versions)
            {
                world.Deliver(version);
                world.TakeAll();
            }
        });
    }

    /// <summary>Counted are watchers, or where all want everything, events.</summary>
    private static (TimeSpan Time, long Bytes, long Count) Return(int watchers, int changes, bool ownKeys)
    {
        var world = new WatchWorld();
        for (int i = 0; i < changes; i++)
        {
            world.Put(WatchWorld.KeyOf(i % watchers), ValueBytes);
        }

        world.Deliver(world.Present);
        return Timed(ownKeys ? watchers : (long)watchers * changes, () =>
        {
            if (ownKeys)
            {
                world.WatchOwnKeys(watchers, startRevision: 2);
            }
            else
            {
                for (int i = 0; i < watchers; i++)
                {
                    world.Watch(KeyRange.From(ReadOnlyMemory<byte>.Empty), startRevision: 2);
                }
            }

            world.TakeAll();
        });
    }

    private static (TimeSpan Time, long Bytes, long Count) Timed(long count, Action work)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        work();
        return (clock.Elapsed, GC.GetAllocatedBytesForCurrentThread() - before, count);
    }
}
