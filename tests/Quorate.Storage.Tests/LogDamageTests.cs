using Quorate.Raft;
using Quorate.Simulation.Disk;
using static Quorate.Storage.Tests.StorageHarness;

namespace Quorate.Storage.Tests;

/// <summary>A torn tail is cut, any other damage is named by file and offset, and nothing is skipped silently (spec S3).</summary>
public class LogDamageTests
{
    private static readonly ModelState[] Batches =
    [
        ModelState.Empty,
        ModelState.Empty with { HardState = new HardState(2, new MemberId(3)), Entries = [.. Entries(2, 1, 3)] },
        ModelState.Empty with { HardState = new HardState(2, new MemberId(3)), Entries = [.. Entries(2, 1, 5)] },
        ModelState.Empty with { HardState = new HardState(3, new MemberId(1)), Entries = [.. Entries(2, 1, 2), .. Entries(3, 3, 1, 700)] },
    ];

    /// <summary>Three batches: at 512, 1024 and 1536, the last of two sectors.</summary>
    private const int LastBatch = 1536;
    private const int End = 2560;

    private static StorageHarness ThreeBatches()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Log.StageHardState(Batches[1].HardState);
        member.Append([.. Batches[1].Entries]);
        member.Append([.. Entries(2, 4, 2)]);
        member.Log.StageHardState(Batches[3].HardState);
        member.Append(Batches[3].Entries[2]);
        return member.Close();
    }

    /// <summary>A log of several segments, all of which were used before.</summary>
    private static StorageHarness RecycledLog()
    {
        StorageHarness member = new StorageHarness().Open();
        for (int i = 1; i <= 34; i++)
        {
            member.Append(Entry(1, i, 900));
            member.BackgroundLane.RunAll();
            if (i % 6 == 0 && i <= 24)
            {
                member.Snapshot(1, i, 100);
                member.Storage.CompactLog(i);
                member.BackgroundLane.RunAll();
            }
        }

        return member.Close();
    }

    [Fact]
    public void The_log_cut_at_any_byte_of_its_last_batch_keeps_every_batch_before()
    {
        StorageHarness whole = ThreeBatches();
        for (int from = LastBatch; from < End; from++)
        {
            SimulatedDisk disk = whole.Disk.Clone();
            bool changed = Zero(disk, whole.LastSegment, from, 4096);
            StorageHarness member = new StorageHarness(disk).Open();

            Batches[changed ? 2 : 3].Matches(member.Recovered).ShouldBeTrue($"zeros from {from} on");
            AppendsAndReopens(member);
        }
    }

    [Fact]
    public void Zeros_from_any_byte_on_leave_whole_batches_only()
    {
        StorageHarness whole = ThreeBatches();
        for (int from = 512; from < LastBatch; from++)
        {
            SimulatedDisk disk = whole.Disk.Clone();
            Zero(disk, whole.LastSegment, from, 4096);
            StorageHarness member = new StorageHarness(disk).Open();

            Batches.Any(batch => batch.Matches(member.Recovered)).ShouldBeTrue($"zeros from {from} on");
        }
    }

    [Fact]
    public void Zeros_over_part_of_an_earlier_batch_are_damage_and_named()
    {
        StorageHarness whole = ThreeBatches();
        foreach (int start in new[] { 512, 1024 })
        {
            SimulatedDisk disk = whole.Disk.Clone();
            Zero(disk, whole.LastSegment, start, start + 512);

            LogDamagedException damage = Should.Throw<LogDamagedException>(() => new StorageHarness(disk).Open());
            damage.Path.ShouldBe(whole.LastSegment);
            damage.Offset.ShouldBe(start);
            damage.Message.ShouldContain($"'{whole.LastSegment}' is damaged at offset {start}");
            damage.Message.ShouldContain("never an older copy");
            damage.Message.ShouldNotContain("empty data folder", customMessage: "the other members refuse one");
        }
    }

    [Fact]
    public void A_segment_cut_short_is_damage_since_its_length_was_flushed_before_it_was_used()
    {
        StorageHarness whole = ThreeBatches();
        for (int length = 0; length < 4096; length++)
        {
            SimulatedDisk disk = whole.Disk.Clone();
            using (Io.IDiskFile file = disk.Open(whole.LastSegment, Io.DiskFileMode.ReadWrite))
            {
                file.SetLength(length);
            }

            Should.Throw<LogDamagedException>(() => new StorageHarness(disk).Open()).Path.ShouldBe(whole.LastSegment);
        }
    }

    [Fact]
    public void A_bit_flipped_anywhere_is_named_or_is_in_the_last_batch_or_changes_nothing()
    {
        StorageHarness whole = ThreeBatches();
        for (int offset = 0; offset < 4096; offset++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                SimulatedDisk disk = whole.Disk.Clone();
                disk.FlipBit(whole.LastSegment, offset, bit);
                StorageHarness member = new(disk);
                if (offset < LastBatch)
                {
                    StorageDamagedException damage = Should.Throw<StorageDamagedException>(() => member.Open(), $"{offset}.{bit}");
                    damage.Path.ShouldBe(whole.LastSegment);
                    damage.Offset.ShouldBeInRange(offset / 512 * 512, offset);
                }
                else
                {
                    member.Open();
                    Batches[offset < End ? 2 : 3].Matches(member.Recovered).ShouldBeTrue($"{offset}.{bit}");
                }
            }
        }
    }

    [Fact]
    public void A_bit_flipped_in_a_log_of_recycled_segments_is_named_or_is_in_the_last_batch_or_changes_nothing()
    {
        StorageHarness whole = RecycledLog();
        RecoveredState expected = new StorageHarness(whole.Disk.Clone()).Open().Recovered;
        string[] segments = [.. whole.Disk.Paths.Where(path => path.EndsWith(".qlog", StringComparison.Ordinal))];
        segments.Length.ShouldBeGreaterThan(2);
        int named = 0;
        foreach (string segment in segments)
        {
            for (int offset = 0; offset < 4096; offset += 5)
            {
                SimulatedDisk disk = whole.Disk.Clone();
                disk.FlipBit(segment, offset, offset % 8);
                StorageHarness member = new(disk);
                try
                {
                    member.Open();
                    int missing = expected.Entries.Count - member.Recovered.Entries.Count;
                    missing.ShouldBeInRange(0, segment == segments[^1] ? 1 : 0, $"{segment} {offset}");
                    member.Recovered.Entries.ShouldBe(expected.Entries.Take(member.Recovered.Entries.Count));
                }
                catch (StorageDamagedException damage)
                {
                    named++;
                    damage.Path.ShouldBe(segment);
                    damage.Offset.ShouldBeLessThanOrEqualTo(offset);
                }
            }
        }

        named.ShouldBeGreaterThan(segments.Length * 2048 / 5);
    }

    [Fact]
    public void A_torn_write_never_damages_what_was_flushed_before_it()
    {
        for (ulong seed = 0; seed < 400; seed++)
        {
            StorageHarness member = new(ThreeBatches().Disk);
            member.Open();
            member.Log.StageEntries(Entries(3, 4, 6, 300));
            member.Submit();
            member.LogLane.RunStep();
            member.Crash(seed).Open();

            ModelState after = Batches[3] with { Entries = [.. Batches[3].Entries, .. Entries(3, 4, 6, 300)] };
            (Batches[3].Matches(member.Recovered) || after.Matches(member.Recovered)).ShouldBeTrue($"seed {seed}");
            AppendsAndReopens(member);
        }
    }

    [Fact]
    public void A_missing_segment_is_damage_and_named()
    {
        StorageHarness whole = RecycledLog();
        string[] segments = [.. whole.Disk.Paths.Where(path => path.EndsWith(".qlog", StringComparison.Ordinal))];
        SimulatedDisk disk = whole.Disk.Clone();
        disk.Delete(segments[1]);

        Should.Throw<LogDamagedException>(() => new StorageHarness(disk).Open()).Path.ShouldBe(segments[1]);
    }

    [Fact]
    public void The_first_segment_missing_is_damage_where_the_snapshots_do_not_cover_it()
    {
        StorageHarness member = new StorageHarness().Open();
        for (int i = 1; i <= 12; i++)
        {
            member.Append(Entry(1, i, 900));
        }

        member.Close().Disk.Delete(LogFormat.SegmentPath(1));

        Should.Throw<LogDamagedException>(() => member.Open()).Message.ShouldContain("there is no snapshot");
    }

    [Fact]
    public void A_missing_log_is_not_a_first_start_where_the_identity_says_otherwise()
    {
        StorageHarness member = ThreeBatches();
        member.Disk.Delete(member.LastSegment);

        Should.Throw<LogDamagedException>(() => member.Open()).Message.ShouldContain("has been started before");
    }

    [Fact]
    public void What_a_killed_process_wrote_but_did_not_flush_is_flushed_before_it_is_relied_upon()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Log.StageEntries(Entries(1, 1, 1));
        member.Submit();
        member.LogLane.RunStep();
        member.LogLane.Clear();
        member.BackgroundLane.Clear();
        member.Disk.EndProcess();

        member.Open().Recovered.Entries.Count.ShouldBe(1);
        for (ulong seed = 0; seed < 10; seed++)
        {
            member.Crash(seed).Open().Recovered.Entries.Count.ShouldBe(1);
        }
    }

    [Fact]
    public void A_torn_tail_that_was_cut_stays_cut()
    {
        StorageHarness member = ThreeBatches();
        member.Disk.FlipBit(member.LastSegment, LastBatch + 600, 0);
        member.Open().Recovered.Notes.ShouldHaveSingleItem().ShouldContain($"at offset {LastBatch} was cut off");
        member.Close();

        // The bits that made the block bad are good again.
        member.Disk.FlipBit(member.LastSegment, LastBatch + 600, 0);

        Batches[2].Matches(member.Open().Recovered).ShouldBeTrue();
        member.Recovered.Notes.ShouldBeEmpty();
    }

    private static void AppendsAndReopens(StorageHarness member)
    {
        IReadOnlyList<Entry> before = member.Recovered.Entries;
        Entry next = Entry(9, before.Count + 1);
        member.Append(next);
        member.Reopen().Recovered.Entries.ShouldBe([.. before, next]);
    }

    private static bool Zero(SimulatedDisk disk, string path, int from, int to)
    {
        bool changed = false;
        byte[] bytes = disk.ReadAll(path);
        for (int offset = from; offset < to; offset++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                if ((bytes[offset] & (1 << bit)) != 0)
                {
                    disk.FlipBit(path, offset, bit);
                    changed = true;
                }
            }
        }

        return changed;
    }
}
