using Quorate.Raft;
using static Quorate.Storage.Tests.StorageHarness;

namespace Quorate.Storage.Tests;

/// <summary>What the log promises while nothing goes wrong.</summary>
public class WriteAheadLogTests
{
    [Fact]
    public void A_first_start_finds_nothing_and_says_so()
    {
        StorageHarness member = new StorageHarness().Open();

        member.Recovered.IsFirstStart.ShouldBeTrue();
        member.Recovered.HardState.ShouldBe(default);
        member.Recovered.Entries.ShouldBeEmpty();
        member.Recovered.Snapshot.ShouldBeNull();
        member.Reopen().Recovered.IsFirstStart.ShouldBeFalse();
    }

    [Fact]
    public void What_was_flushed_is_there_after_a_restart_spec_R3_and_L4()
    {
        StorageHarness member = new StorageHarness().Open();
        HardState vote = new(7, new MemberId(2));
        member.Log.StageHardState(vote);
        member.Append(Entries(7, 1, 3));
        member.Append(new Entry(7, 4, EntryKind.NoOp, default), new Entry(7, 5, EntryKind.Configuration, new byte[] { 1 }));

        member.Reopen();

        member.Recovered.HardState.ShouldBe(vote);
        member.Recovered.Entries.ShouldBe(
            [.. Entries(7, 1, 3), new Entry(7, 4, EntryKind.NoOp, default), new Entry(7, 5, EntryKind.Configuration, new byte[] { 1 })]);
        member.Log.Last.ShouldBe(new LogPosition(7, 5));
        member.Recovered.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void A_batch_is_one_write_and_one_flush()
    {
        StorageHarness member = new StorageHarness().Open();
        member.BackgroundLane.RunAll();
        long writes = member.Disk.WriteCount;
        long flushes = member.Disk.FlushCount;

        member.Log.StageHardState(new HardState(1, MemberId.None));
        member.Append(Entries(1, 1, 10));

        (member.Disk.WriteCount - writes).ShouldBe(1);
        (member.Disk.FlushCount - flushes).ShouldBe(1);
    }

    [Fact]
    public void Nothing_is_durable_before_the_flush()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Log.StageEntries(Entries(1, 1, 1));
        Completion completion = member.Submit();

        completion.Calls.ShouldBe(0);
        member.LogLane.RunStep().ShouldBeTrue();
        completion.Calls.ShouldBe(0);
        member.LogLane.RunStep().ShouldBeTrue();
        completion.IsDurable.ShouldBeTrue();
    }

    [Fact]
    public void While_one_batch_is_flushed_the_next_gathers_and_goes_as_one()
    {
        StorageHarness member = new StorageHarness().Open();
        member.BackgroundLane.RunAll();
        member.Log.StageEntries(Entries(1, 1, 1));
        List<int> order = [];
        member.Log.Submit(new Completion { Then = () => order.Add(1) }).ShouldBeTrue();
        long flushes = member.Disk.FlushCount;
        for (int i = 2; i <= 5; i++)
        {
            int number = i;
            member.Log.StageEntries(Entries(1, i, 1));
            member.Log.Submit(new Completion { Then = () => order.Add(number) }).ShouldBeTrue();
        }

        member.LogLane.Count.ShouldBe(1);
        member.LogLane.RunAll();

        order.ShouldBe([1, 2, 3, 4, 5]);
        (member.Disk.FlushCount - flushes).ShouldBe(2);
    }

    [Fact]
    public void Who_waits_for_nothing_new_waits_for_the_batch_in_flight_only()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Log.Submit(new Completion()).ShouldBeFalse();

        member.Log.StageEntries(Entries(1, 1, 1));
        Completion first = new();
        member.Log.Submit(first).ShouldBeTrue();
        Completion second = new();
        member.Log.Submit(second).ShouldBeTrue();
        member.LogLane.RunAll();

        first.IsDurable.ShouldBeTrue();
        second.IsDurable.ShouldBeTrue();
        member.Log.IsWriting.ShouldBeFalse();
    }

    [Fact]
    public void Who_is_answered_may_stage_and_submit_at_once()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Log.StageEntries(Entries(1, 1, 1));
        Completion second = new();
        member.Log.Submit(new Completion
        {
            Then = () =>
            {
                member.Log.StageEntries(Entries(1, 2, 1));
                member.Log.Submit(second).ShouldBeTrue();
            },
        });
        member.LogLane.RunAll();

        second.IsDurable.ShouldBeTrue();
        member.Reopen().Recovered.Entries.Count.ShouldBe(2);
    }

    [Fact]
    public void An_entry_at_or_below_the_last_replaces_everything_from_there_on_spec_L3()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Append(Entries(1, 1, 5));
        member.Append(Entries(2, 3, 1));

        member.Log.Last.ShouldBe(new LogPosition(2, 3));
        member.Reopen().Recovered.Entries.ShouldBe([.. Entries(1, 1, 2), .. Entries(2, 3, 1)]);
    }

    [Fact]
    public void A_gap_or_a_disorder_is_refused()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Append(Entries(1, 1, 2));

        Should.Throw<ArgumentException>(() => member.Log.StageEntries(Entries(1, 4, 1)));
        Should.Throw<ArgumentException>(() => member.Log.StageEntries(new[] { Entry(1, 3), Entry(1, 5) }));
        Should.Throw<ArgumentException>(() => member.Log.StageHardState(new HardState(-1, MemberId.None)));
    }

    [Fact]
    public void The_log_goes_on_over_many_segments_and_all_of_it_is_read_back()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Log.StageHardState(new HardState(3, new MemberId(1)));
        for (int i = 1; i <= 100; i++)
        {
            member.Append(Entry(3, i, 200));
            member.BackgroundLane.RunAll();
        }

        member.Disk.Paths.Count(path => path.EndsWith(".qlog", StringComparison.Ordinal)).ShouldBeGreaterThan(5);
        member.Reopen();
        member.Recovered.Entries.ShouldBe(Entries(3, 1, 100, 200));
        member.Recovered.HardState.ShouldBe(new HardState(3, new MemberId(1)));
    }

    [Fact]
    public void A_batch_larger_than_a_segment_gets_one_of_its_own()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Append(Entry(1, 1));
        member.Append(Entry(1, 2, 50_000), Entry(1, 3, 10));
        member.Append(Entry(1, 4));

        member.Reopen().Recovered.Entries.ShouldBe([Entry(1, 1), Entry(1, 2, 50_000), Entry(1, 3, 10), Entry(1, 4)]);
    }

    [Fact]
    public void Segments_behind_a_snapshot_are_recycled_and_the_log_stops_growing()
    {
        StorageHarness member = new StorageHarness().Open();
        long largest = 0;
        for (int i = 1; i <= 300; i++)
        {
            member.Append(Entry(1, i, 200));
            member.BackgroundLane.RunAll();
            if (i % 20 == 0)
            {
                member.Snapshot(1, i);
                member.Storage.CompactLog(i - 5);
                member.BackgroundLane.RunAll();
            }

            largest = Math.Max(largest, member.Log.LogBytes);
        }

        largest.ShouldBeLessThan(20 * 4096);
        member.Log.LogBytes.ShouldBe(member.Disk.Paths.Where(path => path.StartsWith("log/", StringComparison.Ordinal)).Sum(path => (long)member.Disk.ReadAll(path).Length));
        member.Reopen();
        member.Recovered.Snapshot!.LastIncluded.Index.ShouldBe(300);
        member.Recovered.Entries[^1].ShouldBe(Entry(1, 300, 200));
        member.Recovered.Entries[0].Index.ShouldBeLessThanOrEqualTo(281);
    }

    [Fact]
    public void A_segment_is_made_before_it_is_needed_so_that_only_its_header_is_written_then()
    {
        StorageHarness member = new StorageHarness(new StorageOptions { SegmentBytes = 64 << 10 }).Open();
        member.BackgroundLane.RunAll();
        member.Append(Entry(1, 1, 40_000));
        long before = member.Disk.WrittenBytes;

        member.Append(Entry(1, 2, 40_000));

        (member.Disk.WrittenBytes - before).ShouldBeLessThan(42_000);
    }

    [Fact]
    public void A_segment_that_is_not_ready_is_made_within_the_write()
    {
        StorageHarness member = new StorageHarness().Open();
        for (int i = 1; i <= 40; i++)
        {
            member.Append(Entry(1, i, 300));
        }

        member.Reopen().Recovered.Entries.Count.ShouldBe(40);
    }

    [Fact]
    public void The_log_begins_anew_after_an_installed_snapshot()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Append(Entries(1, 1, 5));
        SnapshotMetadata snapshot = member.Snapshot(4, 50);
        member.Log.StageReset(snapshot);
        member.Append(Entries(4, 51, 2));

        member.Reopen();

        member.Recovered.Snapshot!.IsSameFileAs(snapshot).ShouldBeTrue();
        member.Recovered.Entries.ShouldBe(Entries(4, 51, 2));
    }

    [Fact]
    public void A_reset_lets_all_earlier_segments_go()
    {
        StorageHarness member = new StorageHarness().Open();
        for (int i = 1; i <= 60; i++)
        {
            member.Append(Entry(1, i, 300));
        }

        SnapshotMetadata snapshot = member.Snapshot(4, 30);
        member.Log.StageReset(snapshot);
        member.Append(Entries(4, 31, 2));
        member.Storage.CompactLog(30);
        member.RunAll();

        member.Disk.Paths.Count(path => path.EndsWith(".qlog", StringComparison.Ordinal)).ShouldBeLessThanOrEqualTo(2);
        member.Reopen().Recovered.Entries.ShouldBe(Entries(4, 31, 2));
    }
}
