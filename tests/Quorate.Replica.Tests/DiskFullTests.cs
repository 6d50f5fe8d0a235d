using Quorate.Io;
using Quorate.Replica.Parts;
using Quorate.Replica.Tests.World;
using Quorate.Simulation;
using Quorate.Simulation.Disk;

namespace Quorate.Replica.Tests;

/// <summary>A member whose disk is full goes on as long as its log has room, and says so (spec S4).</summary>
public sealed class DiskFullTests
{
    private static readonly TimeSpan s_untilNextAttempt = DiskRoom.Pause + TestCluster.Moment;

    private readonly TestCluster _cluster;
    private int _chunkBytes = 100;

    public DiskFullTests()
    {
        _cluster = new TestCluster(seed: 5, configure: options => options with
        {
            SnapshotEveryEntries = 50,
            TrailingEntriesKept = 0,
            LaggingBytesKept = 0,
            ConfigureRaft = raft => raft with { SnapshotChunkBytesMax = _chunkBytes },
        });
    }

    [Fact]
    public void It_writes_on_without_a_snapshot_and_takes_one_once_there_is_room()
    {
        SimulatedMember leader = _cluster.StartAndElect();
        RecordingListener heard = ListenerOf(leader);
        _cluster.World.RunFor(TestCluster.Moment);
        Fill(leader);
        for (int i = 0; i < 6; i++)
        {
            _cluster.MustWriteMany(leader, 30);
        }

        heard.WithoutRoom.ShouldBe(["a snapshot"], "the next attempt is half a minute later");
        heard.Failures.ShouldBeEmpty();
        leader.Disk.Paths.ShouldNotContain(path => path.EndsWith(".tmp", StringComparison.Ordinal));
        leader.Replica!.Counters.DisksFoundFull.ShouldBe(1);

        leader.Disk.CapacityBytesMax = long.MaxValue;
        _cluster.World.RunFor(s_untilNextAttempt);
        _cluster.MustWrite(leader);
        _cluster.World.RunFor(TestCluster.Moment);
        heard.SnapshotsTaken.ShouldBeGreaterThan(0);
        _cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void It_is_tried_again_only_now_and_then()
    {
        SimulatedMember leader = _cluster.StartAndElect();
        _cluster.World.RunFor(TestCluster.Moment);
        Fill(leader);
        leader.OnLoop(() => leader.Replica!.RequestSnapshot());
        _cluster.World.RunFor(10 * DiskRoom.Pause);

        ListenerOf(leader).WithoutRoom.Count.ShouldBeInRange(1, 11);
    }

    [Fact]
    public void A_spare_segment_is_made_once_there_is_room()
    {
        SimulatedMember leader = _cluster.StartAndElect();
        SimulatedMember follower = _cluster.Follower();
        follower.Crash();
        foreach (string spare in follower.Disk.Paths.Where(IsSpare))
        {
            follower.Disk.Delete(spare);
        }

        Fill(follower);
        follower.Start();
        _cluster.World.RunFor(TestCluster.Moment);
        ListenerOf(follower).WithoutRoom.ShouldContain("a spare segment of the log");
        _cluster.MustWrite(leader);
        _cluster.World.RunUntil(_cluster.HasConverged, TestCluster.Patience).ShouldBeTrue("it takes part");

        follower.Disk.CapacityBytesMax = long.MaxValue;
        _cluster.World.RunFor(s_untilNextAttempt);
        follower.Disk.Paths.ShouldContain(path => IsSpare(path));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1 << 20)] // the first chunk is the last
    public void A_follower_that_has_no_room_for_the_leaders_snapshot_catches_up_once_it_has(int chunkBytes)
    {
        _chunkBytes = chunkBytes;
        SimulatedMember leader = _cluster.StartAndElect();
        SimulatedMember follower = _cluster.Follower();
        follower.Crash();
        _cluster.MustWriteMany(leader, 150);
        _cluster.MustWriteMany(leader, 50);
        _cluster.World.RunFor(TestCluster.Moment);
        Fill(follower);
        follower.Start();
        _cluster.World.RunFor(5 * DiskRoom.Pause);
        RecordingListener heard = ListenerOf(follower);
        heard.Failures.ShouldBeEmpty();
        heard.WithoutRoom.Count(what => what == "the leader's snapshot").ShouldBeInRange(1, 6);
        follower.Replica!.Status.AppliedIndex.ShouldBeLessThan(150);

        follower.Disk.CapacityBytesMax = long.MaxValue;
        _cluster.World.RunFor(s_untilNextAttempt);
        heard.SnapshotsInstalled.ShouldBe(1);
        _cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_follower_that_has_room_for_the_leaders_snapshot_but_for_no_spare_catches_up()
    {
        SimulatedMember leader = _cluster.StartAndElect();
        SimulatedMember follower = LeaveBehind(leader);
        follower.Disk.CapacityBytesMax = follower.Disk.UsedBytes + (60 << 10); // a segment has 64 KiB
        follower.Start();
        _cluster.World.RunFor(TestCluster.Moment);
        RecordingListener heard = ListenerOf(follower);
        heard.WithoutRoom.ShouldBe(["a spare segment of the log"]);
        heard.SnapshotsInstalled.ShouldBe(1);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1 << 20)]
    public void A_received_snapshot_whose_name_finds_no_room_to_be_durable_stops_the_member(int chunkBytes)
    {
        _chunkBytes = chunkBytes;
        SimulatedMember leader = _cluster.StartAndElect();
        SimulatedMember follower = LeaveBehind(leader);
        follower.Start();
        FailOnce(follower, DiskOperation.FlushFolder, "snapshots");
        _cluster.World.RunFor(s_untilNextAttempt);
        RecordingListener heard = ListenerOf(follower);
        heard.Failures.ShouldBe(["storing a received snapshot failed"]);
        heard.SnapshotsInstalled.ShouldBe(0);

        follower.Crash();
        follower.Start();
        _cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void A_received_snapshot_that_finds_no_room_for_its_name_is_fetched_again()
    {
        SimulatedMember leader = _cluster.StartAndElect();
        SimulatedMember follower = LeaveBehind(leader);
        follower.Start();
        FailOnce(follower, DiskOperation.Rename, "snapshots/incoming.tmp");
        _cluster.World.RunFor(s_untilNextAttempt);
        RecordingListener heard = ListenerOf(follower);
        heard.Failures.ShouldBeEmpty();
        heard.WithoutRoom.ShouldBe(["the leader's snapshot"]);
        heard.SnapshotsInstalled.ShouldBe(1);
        _cluster.MustHaveKeptItsWord();
    }

    [Fact]
    public void An_own_snapshot_whose_name_finds_no_room_to_be_durable_stops_the_member()
    {
        SimulatedMember leader = _cluster.StartAndElect();
        _cluster.World.RunFor(TestCluster.Moment);
        FailOnce(leader, DiskOperation.FlushFolder, "snapshots");
        _cluster.MustWriteMany(leader, 60);
        _cluster.World.RunFor(TestCluster.Moment);
        ListenerOf(leader).Failures.ShouldBe(["writing a snapshot failed"]);
    }

    [Fact]
    public void It_stops_when_its_log_finds_no_room_and_the_others_go_on()
    {
        SimulatedMember leader = _cluster.StartAndElect();
        SimulatedMember follower = _cluster.Follower();
        _cluster.World.RunFor(TestCluster.Moment);
        Fill(follower);
        for (int i = 0; i < 200 && !follower.HasFailed; i++)
        {
            _cluster.MustWriteMany(leader, 30, padding: 200);
        }

        ListenerOf(follower).Failures.ShouldBe(["the disk failed"]);
        _cluster.MustWrite(leader);
        follower.Disk.CapacityBytesMax = long.MaxValue;
        follower.Crash();
        follower.Start();
        _cluster.MustHaveKeptItsWord();
    }

    private SimulatedMember LeaveBehind(SimulatedMember leader)
    {
        SimulatedMember follower = _cluster.Follower();
        follower.Crash();
        _cluster.MustWriteMany(leader, 150);
        _cluster.MustWriteMany(leader, 50);
        _cluster.World.RunFor(TestCluster.Moment);
        foreach (string spare in follower.Disk.Paths.Where(IsSpare))
        {
            follower.Disk.Delete(spare);
        }

        return follower;
    }

    private static void FailOnce(SimulatedMember member, DiskOperation operation, string path)
    {
        bool hasFailed = false;
        member.Disk.Fault = (actual, on) =>
        {
            if (hasFailed || actual != operation || on != path)
            {
                return null;
            }

            hasFailed = true;
            return new DiskFullException("simulated: no room");
        };
    }

    private static bool IsSpare(string path) => path.EndsWith(".spare", StringComparison.Ordinal);

    private static void Fill(SimulatedMember member) => member.Disk.CapacityBytesMax = member.Disk.UsedBytes;

    private RecordingListener ListenerOf(SimulatedMember member) => _cluster.Listeners[(int)member.Id.Value - 1];
}
