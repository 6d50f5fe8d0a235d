using Quorate.Io;
using Quorate.Raft;
using static Quorate.Storage.Tests.StorageHarness;

namespace Quorate.Storage.Tests;

/// <summary>
/// A full disk ends the log only when the log itself finds no room (spec S4): what nothing rests on, a spare segment or a
/// snapshot, is deleted again and can be tried later.
/// </summary>
public class DiskFullTests
{
    [Fact]
    public void A_spare_that_finds_no_room_leaves_nothing_and_the_log_goes_on()
    {
        StorageHarness member = new StorageHarness().Open();
        List<FoundNoRoomException> told = [];
        member.Log.SpareFoundNoRoom = told.Add;
        long used = member.Disk.UsedBytes;
        member.Disk.CapacityBytesMax = used + 1000;
        member.RunAll();

        told.ShouldHaveSingleItem().Path.ShouldEndWith(".spare.tmp");
        member.Disk.UsedBytes.ShouldBe(used, "what was made of it is deleted");
        member.Append(Entries(1, 1, 2));
        member.Log.Failure.ShouldBeNull();
        member.Reopen().Recovered.Entries.Count.ShouldBe(2);
    }

    [Fact]
    public void With_room_again_the_spare_is_made()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Disk.CapacityBytesMax = member.Disk.UsedBytes;
        member.RunAll();
        member.Disk.CapacityBytesMax = long.MaxValue;
        member.Log.PrepareSpare();
        member.RunAll();

        member.Disk.Paths.Count(path => path.EndsWith(".spare", StringComparison.Ordinal)).ShouldBe(1);
        member.Log.PrepareSpare();
        member.RunAll();
        member.Disk.Paths.Count(path => path.EndsWith(".spare", StringComparison.Ordinal)).ShouldBe(1, "one is enough");
    }

    [Fact]
    public void A_log_that_needs_a_segment_and_finds_no_room_ends_for_good_and_keeps_what_it_promised()
    {
        StorageHarness member = new StorageHarness().Open();
        member.Disk.CapacityBytesMax = member.Disk.UsedBytes;
        member.RunAll();
        int acknowledged = 0;
        while (member.Log.Failure is null)
        {
            member.Log.StageEntries(Entries(1, acknowledged + 1, 1, length: 400));
            Completion completion = member.Submit();
            member.LogLane.RunAll();
            acknowledged += completion.IsDurable ? 1 : 0;
        }

        acknowledged.ShouldBeGreaterThan(3);
        member.Log.Failure.ShouldBeOfType<StorageFailedException>().InnerException.ShouldBeOfType<DiskFullException>();
        member.Disk.CapacityBytesMax = long.MaxValue;
        member.Log.PrepareSpare();
        member.BackgroundLane.RunAll();
        member.Disk.Paths.ShouldNotContain(path => path.EndsWith(".spare", StringComparison.Ordinal), "it does nothing more");

        member.LogLane.Clear();
        member.Disk.EndProcess();
        member.Open().Recovered.Entries.Count.ShouldBe(acknowledged);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(3000)]
    public void A_snapshot_that_finds_no_room_leaves_nothing_and_the_one_before_it_stays(int roomBytes)
    {
        StorageHarness member = new StorageHarness().Open();
        member.RunAll();
        SnapshotMetadata before = member.Snapshot(1, 5);
        long used = member.Disk.UsedBytes;
        member.Disk.CapacityBytesMax = used + roomBytes;
        Exception? told = null;
        member.Storage.Snapshots.Write(new LogPosition(1, 9), Members, Pieces(Content(9, 200_000)), (_, error) => told = error);
        member.BackgroundLane.RunAll();

        told.ShouldBeOfType<FoundNoRoomException>();
        member.Log.Failure.ShouldBeNull();
        member.Disk.UsedBytes.ShouldBe(used);
        member.Storage.Snapshots.Newest.ShouldBe(before);
        member.Disk.CapacityBytesMax = long.MaxValue;
        member.Snapshot(1, 9);
        member.Reopen().Recovered.Snapshot!.LastIncluded.ShouldBe(new LogPosition(1, 9));
    }

    [Fact]
    public void A_snapshot_that_is_received_and_finds_no_room_is_begun_anew()
    {
        StorageHarness member = new StorageHarness().Open();
        member.RunAll();
        (SnapshotMetadata snapshot, byte[] bytes) = SnapshotBytes.Make(new LogPosition(1, 5));
        Receive(0, 400).ShouldBe((400, null));
        long used = member.Disk.UsedBytes;
        member.Disk.CapacityBytesMax = used + 100;
        (long next, Exception? error) = Receive(400, 400);

        next.ShouldBe(0);
        error.ShouldBeOfType<FoundNoRoomException>();
        member.Disk.UsedBytes.ShouldBe(used - 400, "what had come before is deleted too");
        member.Log.Failure.ShouldBeNull();
        member.Disk.CapacityBytesMax = long.MaxValue;
        Receive(800, 100).ShouldBe((0, null));
        Receive(0, bytes.Length).ShouldBe((bytes.Length, null));
        member.Storage.Snapshots.Newest!.IsSameFileAs(snapshot).ShouldBeTrue();

        (long Next, Exception? Error) Receive(int offset, int count)
        {
            (long, Exception?) result = default;
            member.Storage.Snapshots.Receive(snapshot, offset, bytes.AsMemory(offset, count), (at, failure) => result = (at, failure));
            member.BackgroundLane.RunAll();
            return result;
        }
    }
}
