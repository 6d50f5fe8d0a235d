namespace Quorate.Raft.Tests.Labs;

/// <summary>MIT 6.5840, part 3D: log compaction.</summary>
public sealed class Part3DSnapshotTests
{
    private const int SnapshotEvery = 10;
    private const int Rounds = 20;

    [Fact]
    public void Snapshots_basic() => RunSnapshots(new Lab(servers: 3, seed: 3401, snapshotEvery: SnapshotEvery), disconnect: false, crash: false);

    [Fact]
    public void Install_snapshots_disconnect() =>
        RunSnapshots(new Lab(servers: 3, seed: 3402, snapshotEvery: SnapshotEvery), disconnect: true, crash: false);

    [Fact]
    public void Install_snapshots_disconnect_and_unreliable() =>
        RunSnapshots(new Lab(servers: 3, seed: 3403, unreliable: true, snapshotEvery: SnapshotEvery), disconnect: true, crash: false);

    [Fact]
    public void Install_snapshots_crash() =>
        RunSnapshots(new Lab(servers: 3, seed: 3404, snapshotEvery: SnapshotEvery), disconnect: false, crash: true);

    [Fact]
    public void Install_snapshots_unreliable_and_crash() =>
        RunSnapshots(new Lab(servers: 3, seed: 3405, unreliable: true, snapshotEvery: SnapshotEvery), disconnect: false, crash: true);

    [Fact]
    public void Crash_and_restart_all_servers()
    {
        var lab = new Lab(servers: 3, seed: 3406, snapshotEvery: SnapshotEvery);
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i <= SnapshotEvery; i++)
            {
                lab.Agree($"{round} {i}", servers: 3);
            }

            long before = lab.Cluster.Watcher.CommittedIndex;
            foreach (int id in lab.Ids)
            {
                lab.Crash(id);
            }

            foreach (int id in lab.Ids)
            {
                lab.Restart(id);
            }

            lab.Cluster.Servers.ShouldAllBe(server => server.Disk.Snapshot != null);
            lab.Agree($"{round} after the restart", servers: 3).ShouldBeGreaterThan(before);
        }

        lab.CheckNothingLost();
    }

    [Fact]
    public void Snapshot_initialization_after_crash()
    {
        var lab = new Lab(servers: 3, seed: 3407, snapshotEvery: SnapshotEvery);
        for (int i = 0; i <= SnapshotEvery; i++)
        {
            lab.Agree($"{i}", servers: 3);
        }

        long commit = lab.Cluster.Watcher.CommittedIndex;
        foreach (int id in lab.Ids)
        {
            lab.Crash(id);
            lab.Restart(id);

            // What the snapshot holds is committed and applied; the rest must be committed anew.
            long snapshot = lab.Cluster[id].Disk.Snapshot!.LastIncluded.Index;
            lab.Cluster[id].Node.CommitIndex.ShouldBe(snapshot);
            lab.Cluster[id].State.Last.Index.ShouldBe(snapshot);
            snapshot.ShouldBeLessThanOrEqualTo(commit);
        }

        lab.Agree("last", servers: 3);
        lab.CheckNothingLost();
    }

    private static void RunSnapshots(Lab lab, bool disconnect, bool crash)
    {
        lab.Agree("first", servers: 3);
        int leader = lab.CheckOneLeader();
        for (int i = 0; i < Rounds; i++)
        {
            int victim = lab.After(leader);
            int sender = leader;
            if (i % 3 == 1)
            {
                sender = lab.After(leader);
                victim = leader;
            }

            if (disconnect)
            {
                lab.Disconnect(victim);
                lab.Agree($"{i} while one is away", servers: 2);
            }

            if (crash)
            {
                lab.Crash(victim);
                lab.Agree($"{i} while one is down", servers: 2);
            }

            // Enough that what the victim lacks is in a snapshot only.
            int commands = (SnapshotEvery / 2) + lab.Random.Next(SnapshotEvery);
            for (int j = 0; j < commands; j++)
            {
                lab.Cluster.Propose(sender, $"{i} {j}");
            }

            lab.Agree($"{i} sent", servers: disconnect || crash ? 2 : 3);
            lab.Cluster.Servers.Where(server => server.IsUp && server.Id.Value != (ulong)victim)
                .ShouldAllBe(server => server.Log.Entries.Count < 4 * SnapshotEvery, "the log is compacted");
            if (disconnect)
            {
                lab.Connect(victim);
            }

            if (crash)
            {
                lab.Restart(victim);
            }

            lab.Agree($"{i} together", servers: 3);
            leader = lab.CheckOneLeader();
        }

        lab.Cluster.Servers.ShouldAllBe(server => server.Disk.Snapshot != null);
        lab.CheckNothingLost();
    }
}
