// Measures what a key costs in memory, and how long the store's basic steps take.
//
//   dotnet run -c Release --project bench/Quorate.KeyValue.Memory -- [keys] [value bytes] [ascending|scattered]
//
// Memory is what the garbage collector counts as live after a full collection, and the process's resident memory.
// Times are the process's CPU time, garbage collection included: other work on the machine then disturbs little.

using System.Diagnostics;
using System.Globalization;
using System.Text;
using Quorate.KeyValue;

int keyCount = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
int valueBytes = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 256;
bool scattered = args.Length <= 2 || args[2] == "scattered";
const int ReadsMax = 1_000_000;
const int KeysPerTransaction = 64;

byte[] key = new byte[17];
byte[] value = new byte[valueBytes];
new Random(1).NextBytes(value);

long liveBefore = GC.GetTotalMemory(forceFullCollection: true);
var store = new KeyValueStore();

Report("put, one a transaction, published", keyCount, () =>
{
    for (int i = 0; i < keyCount; i++)
    {
        WriteKey(i);
        WriteTransaction transaction = store.Begin();
        transaction.Put(key, value, 0);
        transaction.Commit();
    }
});

long live = GC.GetTotalMemory(forceFullCollection: true) - liveBefore;
GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"live {live / 1e6:F0} MB, {(double)live / keyCount:F0} bytes a key; resident {Environment.WorkingSet / 1e6:F0} MB; SizeBytes {store.Current.SizeBytes / 1e6:F0} MB; bytes themselves {(17L + valueBytes) * keyCount / 1e6:F0} MB"));

int reads = Math.Min(ReadsMax, keyCount);
var random = new Random(2);
long found = 0;
Report("get, random key", reads, () =>
{
    StoreVersion version = store.Current;
    for (int i = 0; i < reads; i++)
    {
        WriteKey(random.Next(keyCount));
        found += version.Get(key) is null ? 0 : 1;
    }
});

Report("range of 1,000 keys, a key", 1_000 * 200, () =>
{
    for (int i = 0; i < 200; i++)
    {
        WriteKey(random.Next(keyCount));
        store.Current.Range(new RangeQuery { Keys = KeyRange.From(key.ToArray()), Limit = 1_000 });
    }
});

Report("range of the last 10 keys, descending, a range", 200, () =>
{
    for (int i = 0; i < 200; i++)
    {
        store.Current.Range(new RangeQuery { Keys = KeyRange.From("/"u8.ToArray()), Limit = 10, SortOrder = SortOrder.Descend });
    }
});

Report("range of one key", reads, () =>
{
    StoreVersion version = store.Current;
    for (int i = 0; i < reads; i++)
    {
        WriteKey(random.Next(keyCount));
        found += version.Range(new RangeQuery { Keys = KeyRange.ForKey(key) }).Count;
    }
});

long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
int rewrites = Math.Min(500_000, keyCount);
Report("overwrite, random key, 64 transactions a publish", rewrites, () =>
{
    for (int i = 0; i < rewrites; i++)
    {
        WriteKey(random.Next(keyCount));
        WriteTransaction transaction = store.Begin();
        transaction.Put(key, value, 0);
        transaction.CommitUnpublished();
        if (i % KeysPerTransaction == 0)
        {
            store.Publish();
        }
    }

    store.Publish();
});
Console.WriteLine($"allocated {(GC.GetAllocatedBytesForCurrentThread() - allocatedBefore) / rewrites} bytes an overwrite");

Report("compaction, logical", 1, () => store.Compact(store.Current.Revision));
Report("compaction, collecting, a change", rewrites + keyCount, () =>
{
    while (store.CollectGarbage(1_000))
    {
    }
});

var snapshot = new MemoryStream(capacity: checked((int)(keyCount * (valueBytes + 80L))));
Report("snapshot written, a key", keyCount, () =>
{
    foreach (ReadOnlyMemory<byte> piece in store.Current.WriteSnapshot())
    {
        snapshot.Write(piece.Span);
    }
});
Report("hash, a key", keyCount, () => found += store.Current.Hash(0));
snapshot.Position = 0;
Report("snapshot loaded, a key", keyCount, () => store.Load(snapshot));

void WriteKey(int number)
{
    // An odd factor and a power of two give each number once, in scattered order.
    uint place = scattered ? (uint)number * 2654435761 : (uint)number;
    Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/bench/{place:D10}"), key);
}

static void Report(string what, int count, Action run)
{
    long started = Stopwatch.GetTimestamp();
    TimeSpan usedBefore = Environment.CpuUsage.TotalTime;
    TimeSpan pausedBefore = GC.GetTotalPauseDuration();
    int collectionsBefore = GC.CollectionCount(0);
    run();
    TimeSpan paused = GC.GetTotalPauseDuration() - pausedBefore;
    int collections = GC.CollectionCount(0) - collectionsBefore;
    TimeSpan used = Environment.CpuUsage.TotalTime - usedBefore;
    TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: {used.TotalMicroseconds / count:F2} µs of CPU ({used.TotalSeconds:F2} s in all, {elapsed.TotalSeconds:F2} s by the wall; {collections} collections that paused it for {paused.TotalMicroseconds / count:F2} µs)"));
}
