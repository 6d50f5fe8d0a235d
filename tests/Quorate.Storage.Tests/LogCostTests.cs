using Quorate.Raft;
using static Quorate.Storage.Tests.StorageHarness;

namespace Quorate.Storage.Tests;

/// <summary>What an entry costs in the log: counts, not times, so that a regression shows on any machine.</summary>
public sealed class LogCostTests
{
    private const int BatchEntries = 64;
    private const int CommandBytes = 256;
    private const int Rounds = 10;
    private const int Batches = 200;

    private readonly StorageHarness _member = new StorageHarness(new StorageOptions { SegmentBytes = 8 << 20 }).Open();
    private readonly Completion _completion = new();
    private readonly Entry[] _entries = new Entry[BatchEntries];
    private readonly byte[] _command = new byte[CommandBytes];
    private long _index;

    public LogCostTests()
    {
        _member.BackgroundLane.RunAll();
        WriteBatch();
        WriteBatch(); // both buffers have grown
    }

    [Fact]
    public void A_full_batch_writes_little_more_than_its_values_and_flushes_once()
    {
        long bytes = _member.Disk.WrittenBytes;
        long flushes = _member.Disk.FlushCount;

        for (int batch = 0; batch < Batches; batch++)
        {
            WriteBatch();
        }

        double values = Batches * BatchEntries * CommandBytes;
        ((_member.Disk.WrittenBytes - bytes) / values).ShouldBeLessThan(1.15); // 28 bytes an entry, 64 a block, the rest of a sector
        (_member.Disk.FlushCount - flushes).ShouldBe(Batches);
    }

    [Fact]
    public void An_entry_allocates_nothing_in_the_log_and_neither_does_its_batch()
    {
        // Code that is not optimized yet may allocate what it does not later, and on a busy machine that takes a while:
        // the least of some rounds is the log's own.
        long allocated = Enumerable.Range(0, Rounds).Min(_ => Enumerable.Range(0, Batches).Sum(_ => WriteBatch()));

        // A growing list of the simulated lane may allocate; a few bytes for each of the entries would be far more.
        allocated.ShouldBeLessThan(Batches * BatchEntries / 4);
    }

    [Fact]
    public void A_snapshot_is_flushed_as_it_is_written_so_that_no_flush_of_the_log_waits_for_all_of_it()
    {
        const int Pieces = 5;
        long flushes = _member.Disk.FlushCount;

        _member.Snapshot(1, _index, Pieces * FlushPace.PieceBytes);

        // Whole blocks make a piece; the last two flushes are of the end and of the name.
        (_member.Disk.FlushCount - flushes).ShouldBeInRange(Pieces + 1, Pieces + 2);
    }

    /// <summary>Stages, submits and flushes a batch; returns what staging and submitting have allocated.</summary>
    private long WriteBatch()
    {
        for (int i = 0; i < BatchEntries; i++)
        {
            _entries[i] = new Entry(1, ++_index, EntryKind.Command, _command);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        _member.Log.StageEntries(_entries);
        _member.Log.Submit(_completion);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        _member.LogLane.RunAll();
        return allocated;
    }
}
