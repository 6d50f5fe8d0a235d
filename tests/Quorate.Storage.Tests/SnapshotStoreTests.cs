using Quorate.Raft;
using Quorate.Simulation.Disk;
using static Quorate.Storage.Tests.StorageHarness;

namespace Quorate.Storage.Tests;

/// <summary>Snapshots on disk: written aside, verified, transferred, kept (spec S1 to S3).</summary>
public class SnapshotStoreTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65536)]
    [InlineData(200_000)]
    public void What_was_written_is_read_back(int length)
    {
        StorageHarness member = new StorageHarness().Open();
        SnapshotMetadata written = member.Snapshot(2, 9, length);

        member.ReadContent(written).ShouldBe(Content(9, length));
        member.Reopen();
        SnapshotMetadata found = member.Recovered.Snapshot.ShouldNotBeNull();
        found.IsSameFileAs(written).ShouldBeTrue();
        found.Configuration.Voters.ShouldBe(Members.Voters);
        member.ReadContent(found).ShouldBe(Content(9, length));
    }

    [Fact]
    public void A_joint_configuration_with_learners_comes_back_as_it_was()
    {
        StorageHarness member = new StorageHarness().Open();
        Configuration joint = new([new MemberId(1), new MemberId(9)], [new MemberId(4)], [new MemberId(1), new MemberId(2)]);
        member.Storage.Snapshots.Write(new LogPosition(1, 1), joint, [], (_, _) => { });
        Configuration found = member.Reopen().Recovered.Snapshot!.Configuration;

        found.Voters.ShouldBe(joint.Voters);
        found.Learners.ShouldBe(joint.Learners);
        found.OutgoingVoters.ShouldBe(joint.OutgoingVoters);
    }

    [Fact]
    public void Equal_lengths_of_other_content_have_another_checksum()
    {
        (SnapshotMetadata one, _) = SnapshotBytes.Make(new LogPosition(1, 5));
        StorageHarness member = new StorageHarness().Open();
        SnapshotMetadata? other = null;
        member.Storage.Snapshots.Write(new LogPosition(1, 5), Members, Pieces(Content(6)), (snapshot, _) => other = snapshot);
        member.BackgroundLane.RunAll();

        other!.Length.ShouldBe(one.Length);
        other.Checksum.ShouldNotBe(one.Checksum);
    }

    [Fact]
    public void Its_pieces_are_asked_for_one_a_step()
    {
        StorageHarness member = new StorageHarness().Open();
        member.BackgroundLane.RunAll();
        int asked = 0;
        IEnumerable<ReadOnlyMemory<byte>> Counting()
        {
            for (int i = 0; i < 10; i++)
            {
                asked++;
                yield return new byte[100];
            }
        }

        member.Storage.Snapshots.Write(new LogPosition(1, 1), Members, Counting(), (_, _) => { });
        member.BackgroundLane.RunStep();
        asked.ShouldBe(0);
        member.BackgroundLane.RunStep();
        asked.ShouldBe(1);
        member.BackgroundLane.RunAll();
        asked.ShouldBe(10);
    }

    [Fact]
    public void A_state_machine_that_fails_to_write_its_snapshot_leaves_the_old_one()
    {
        StorageHarness member = new StorageHarness().Open();
        SnapshotMetadata old = member.Snapshot(1, 1);
        static IEnumerable<ReadOnlyMemory<byte>> Failing()
        {
            yield return new byte[10];
            throw new InvalidOperationException("no more");
        }

        Exception? told = null;
        member.Storage.Snapshots.Write(new LogPosition(1, 2), Members, Failing(), (_, error) => told = error);
        member.BackgroundLane.RunAll();

        told.ShouldBeOfType<InvalidOperationException>();
        member.Storage.Snapshots.Newest.ShouldBe(old);
        member.Reopen().Recovered.Snapshot!.IsSameFileAs(old).ShouldBeTrue();
    }

    [Fact]
    public void A_transfer_in_chunks_ends_with_the_same_file_spec_S2()
    {
        (SnapshotMetadata snapshot, byte[] bytes) = SnapshotBytes.Make(new LogPosition(3, 70), 150_000);
        StorageHarness member = new StorageHarness().Open();
        for (int offset = 0; offset < bytes.Length; offset += 1000)
        {
            Send(member, snapshot, bytes, offset, 1000).ShouldBe(Math.Min(offset + 1000, bytes.Length));
        }

        member.Storage.Snapshots.Newest!.IsSameFileAs(snapshot).ShouldBeTrue();
        member.ReadContent(snapshot).ShouldBe(Content(70, 150_000));
        member.Reopen().Recovered.Snapshot!.IsSameFileAs(snapshot).ShouldBeTrue();
    }

    [Fact]
    public void Repeated_and_disordered_chunks_are_passed_over_and_a_transfer_resumes_where_it_was_spec_L6_and_S2()
    {
        (SnapshotMetadata snapshot, byte[] bytes) = SnapshotBytes.Make(new LogPosition(3, 70));
        (SnapshotMetadata other, byte[] otherBytes) = SnapshotBytes.Make(new LogPosition(4, 80));
        StorageHarness member = new StorageHarness().Open();

        Send(member, snapshot, bytes, 0, 400).ShouldBe(400);
        Send(member, snapshot, bytes, 0, 400).ShouldBe(400);
        Send(member, snapshot, bytes, 800, 100).ShouldBe(400);
        Send(member, other, otherBytes, 400, 100).ShouldBe(0);
        Send(member, snapshot, bytes, 400, 400).ShouldBe(800);

        // The newer one begins: it takes the place of the older.
        Send(member, other, otherBytes, 0, 400).ShouldBe(400);
        Send(member, snapshot, bytes, 800, 100).ShouldBe(0);
        Send(member, other, otherBytes, 400, otherBytes.Length).ShouldBe(otherBytes.Length);
        member.Storage.Snapshots.Newest!.IsSameFileAs(other).ShouldBeTrue();
        Send(member, other, otherBytes, 0, 400).ShouldBe(otherBytes.Length);
    }

    [Fact]
    public void A_transfer_that_was_damaged_on_the_way_begins_again()
    {
        (SnapshotMetadata snapshot, byte[] bytes) = SnapshotBytes.Make(new LogPosition(3, 70));
        StorageHarness member = new StorageHarness().Open();
        for (int at = 0; at < bytes.Length; at += 7)
        {
            byte[] bad = (byte[])bytes.Clone();
            bad[at] ^= 4;
            Send(member, snapshot, bad, 0, bad.Length, isDamaged: true).ShouldBe(0, $"byte {at}");
            member.Disk.Paths.ShouldNotContain(SnapshotFormat.IncomingPath);
            member.Storage.Snapshots.Newest.ShouldBeNull();
        }

        Send(member, snapshot, bytes, 0, bytes.Length).ShouldBe(bytes.Length);
    }

    [Fact]
    public void What_was_received_in_an_abandoned_transfer_goes_once_this_member_has_a_snapshot_that_reaches_as_far()
    {
        (SnapshotMetadata snapshot, byte[] bytes) = SnapshotBytes.Make(new LogPosition(3, 70));
        StorageHarness member = new StorageHarness().Open();
        Send(member, snapshot, bytes, 0, 400).ShouldBe(400);

        member.Snapshot(2, 60);
        Send(member, snapshot, bytes, 400, 400).ShouldBe(800);

        member.Snapshot(2, 65);
        member.Disk.Paths.ShouldContain(SnapshotFormat.IncomingPath);
        member.Snapshot(3, 71);
        member.Disk.Paths.ShouldNotContain(SnapshotFormat.IncomingPath);
        Send(member, snapshot, bytes, 800, 100).ShouldBe(0);
    }

    [Fact]
    public void A_kept_snapshot_that_turns_out_damaged_is_kept_no_longer_and_one_of_its_position_takes_its_place()
    {
        StorageHarness member = new StorageHarness().Open();
        SnapshotMetadata older = member.Snapshot(1, 4);
        SnapshotMetadata snapshot = member.Snapshot(1, 5, 150_000);
        Check().ShouldBeNull();
        member.Disk.FlipBit(SnapshotFormat.PathOf(snapshot.LastIncluded), 100_000, 1);

        Check().ShouldBeOfType<SnapshotDamagedException>();
        member.Storage.Snapshots.Newest.ShouldBe(older);
        Check().ShouldBeOfType<SnapshotGoneException>();
        member.Snapshot(1, 5, 150_000).IsSameFileAs(snapshot).ShouldBeTrue();
        Check().ShouldBeNull();
        member.Storage.Snapshots.Newest!.IsSameFileAs(snapshot).ShouldBeTrue();

        Exception? Check()
        {
            Exception? result = null;
            member.Storage.Snapshots.Check(snapshot, error => result = error);
            member.BackgroundLane.RunAll();
            return result;
        }
    }

    [Fact]
    public void A_chunk_beyond_the_end_is_passed_over()
    {
        (SnapshotMetadata snapshot, byte[] bytes) = SnapshotBytes.Make(new LogPosition(3, 70));
        StorageHarness member = new StorageHarness().Open();

        Send(member, snapshot, [.. bytes, 1], 0, bytes.Length + 1).ShouldBe(0);
        Send(member, snapshot, bytes, 0, bytes.Length).ShouldBe(bytes.Length);
    }

    [Fact]
    public void The_newest_good_ones_are_kept_and_those_being_sent()
    {
        StorageHarness member = new StorageHarness().Open();
        SnapshotMetadata first = member.Snapshot(1, 10);
        using (IDisposable? pin = member.Storage.Snapshots.Pin(first))
        {
            pin.ShouldNotBeNull();
            for (int index = 20; index <= 50; index += 10)
            {
                member.Snapshot(1, index);
            }

            Files(member).ShouldBe([10, 40, 50]);
            Read(member, first).ShouldBeNull();
            member.Storage.Snapshots.Oldest!.LastIncluded.Index.ShouldBe(10);
        }

        member.BackgroundLane.RunAll();
        Files(member).ShouldBe([40, 50]);
        Read(member, first).ShouldBeOfType<SnapshotGoneException>();
        member.Storage.Snapshots.Pin(first).ShouldBeNull();
    }

    [Fact]
    public void A_bit_flipped_anywhere_in_the_only_snapshot_is_named()
    {
        StorageHarness member = new StorageHarness().Open().Append(Entries(1, 1, 3, 900));
        SnapshotMetadata snapshot = member.Snapshot(1, 3, 300);
        string path = SnapshotFormat.PathOf(snapshot.LastIncluded);
        for (int i = 4; i < 20; i++)
        {
            member.Append(Entry(1, i, 900));
        }

        member.Storage.CompactLog(3);
        member.Close();
        for (int bit = 0; bit < snapshot.Length * 8; bit++)
        {
            SimulatedDisk disk = member.Disk.Clone();
            disk.FlipBit(path, bit / 8, bit % 8);

            Should.Throw<SnapshotDamagedException>(() => new StorageHarness(disk).Open(), $"bit {bit}").Path.ShouldBe(path);
        }

        for (int length = 0; length < snapshot.Length; length++)
        {
            SimulatedDisk disk = member.Disk.Clone();
            disk.Open(path, Io.DiskFileMode.ReadWrite).SetLength(length);

            Should.Throw<SnapshotDamagedException>(() => new StorageHarness(disk).Open()).Offset.ShouldBeLessThanOrEqualTo(length);
        }
    }

    [Theory]
    [InlineData(5, 1 << 20, 26)]
    [InlineData(5, 1200, 29)]
    [InlineData(0, 1 << 20, 31)]
    [InlineData(100, 1 << 20, 2)]
    public void Of_the_entries_that_the_snapshot_covers_no_more_are_taken_over_than_followers_that_lag_may_have(
        long entriesMax, long bytesMax, long firstHeld)
    {
        StorageHarness member = new StorageHarness().Open().Append(Entries(1, 1, 40, 500));
        member.Snapshot(1, 30);
        member.Reopen().Storage.TrimEntries(entriesMax, bytesMax);

        // The first tells the term of the one before the log, and is not held.
        member.Recovered.Entries.Select(entry => entry.Index + 1).ShouldBe(Enumerable.Range((int)firstHeld, 42 - (int)firstHeld).Select(index => (long)index));

        member.Storage.ReleaseEntries();
        member.Recovered.Entries.ShouldBeEmpty();
        member.Append(Entry(1, 41)).Reopen().Recovered.Entries[^1].ShouldBe(Entry(1, 41));
    }

    [Fact]
    public void A_start_holds_a_bounded_part_of_what_the_snapshot_covers_while_it_reads_the_log()
    {
        const int Mebibyte = 1 << 20;
        StorageHarness member = new StorageHarness().Open();
        for (int i = 1; i <= 60; i++)
        {
            member.Append(Entry(1, i, Mebibyte));
        }

        member.Snapshot(1, 55);
        member.Reopen();

        long held = 55 - member.Recovered.Entries[0].Index;
        held.ShouldBeInRange(LogContents.CoveredBytesKept / Mebibyte, 2 * LogContents.CoveredBytesKept / Mebibyte);
        member.Recovered.Entries[^1].ShouldBe(Entry(1, 60, Mebibyte));
        member.Recovered.Entries.Single(entry => entry.Index == 55).Term.ShouldBe(1);
    }

    [Fact]
    public void A_damaged_newest_snapshot_is_survived_by_the_one_before_and_the_log_that_reaches_back_to_it()
    {
        StorageHarness member = new StorageHarness().Open();
        for (int i = 1; i <= 40; i++)
        {
            member.Append(Entry(1, i, 500));
            if (i % 10 == 0)
            {
                member.Snapshot(1, i);
                member.Storage.CompactLog(i);
                member.BackgroundLane.RunAll();
            }
        }

        member.Close().Disk.FlipBit(SnapshotFormat.PathOf(new LogPosition(1, 40)), 500, 3);
        member.Open();

        member.Recovered.Snapshot!.LastIncluded.Index.ShouldBe(30);
        member.Recovered.Entries[^1].ShouldBe(Entry(1, 40, 500));
        string note = member.Recovered.Notes.ShouldHaveSingleItem();
        note.ShouldStartWith($"'{SnapshotFormat.PathOf(new LogPosition(1, 40))}' is damaged at offset ");
        note.ShouldEndWith("; it was passed over, since the log still reaches back to 30");
        note.ShouldNotContain("must not start", customMessage: "the member does start");

        // It is not counted as one of those kept, and goes once it is not the newest.
        member.BackgroundLane.RunAll();
        Files(member).ShouldBe([30, 40]);
        member.Append(Entry(1, 41));
        member.Snapshot(1, 41);
        member.BackgroundLane.RunAll();
        Files(member).ShouldBe([30, 41]);
    }

    [Fact]
    public void A_damaged_snapshot_that_came_from_the_leader_is_damage_since_the_log_does_not_reach_back()
    {
        StorageHarness member = new StorageHarness().Open().Append(Entries(1, 1, 5));
        member.Snapshot(1, 5);
        SnapshotMetadata installed = member.Snapshot(2, 50);
        member.Close().Disk.FlipBit(SnapshotFormat.PathOf(installed.LastIncluded), 500, 3);

        // Entries 6 to 50 are nowhere else, whether the log began anew or the crash came first.
        Should.Throw<SnapshotDamagedException>(() => member.Open()).Path.ShouldBe(SnapshotFormat.PathOf(installed.LastIncluded));
    }

    [Fact]
    public void A_snapshot_damaged_while_the_member_runs_is_found_when_it_is_read()
    {
        StorageHarness member = new StorageHarness().Open();
        SnapshotMetadata snapshot = member.Snapshot(1, 5, 150_000);
        member.Disk.FlipBit(SnapshotFormat.PathOf(snapshot.LastIncluded), 100_000, 1);

        SnapshotDamagedException damage = Should.Throw<SnapshotDamagedException>(() => member.ReadContent(snapshot));
        damage.Offset.ShouldBeInRange(65_000, 100_000);
    }

    private static long Send(StorageHarness member, SnapshotMetadata snapshot, byte[] bytes, int offset, int count, bool isDamaged = false)
    {
        long next = -1;
        member.Storage.Snapshots.Receive(snapshot, offset, bytes.AsMemory(offset, Math.Min(count, bytes.Length - offset)), (result, error) =>
        {
            (error is SnapshotDamagedException).ShouldBe(isDamaged);
            (error is null).ShouldBe(!isDamaged);
            next = result;
        });
        next.ShouldBe(-1, "nothing is answered before the lane has run");
        member.BackgroundLane.RunAll();
        return next;
    }

    private static Exception? Read(StorageHarness member, SnapshotMetadata snapshot)
    {
        Exception? result = null;
        member.Storage.Snapshots.ReadChunk(snapshot, 0, new byte[10], error => result = error);
        member.BackgroundLane.RunAll();
        return result;
    }

    private static long[] Files(StorageHarness member) =>
        [.. member.Disk.ListFiles("snapshots").Select(name => SnapshotFormat.TryParseName(name, out LogPosition position) ? position.Index : -1)];
}
