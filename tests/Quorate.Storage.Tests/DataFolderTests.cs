using Quorate.Io;
using Quorate.Simulation.Disk;
using static Quorate.Storage.Tests.StorageHarness;

namespace Quorate.Storage.Tests;

/// <summary>Whose folder it is, and that only one process uses it.</summary>
public class DataFolderTests
{
    [Fact]
    public void A_second_process_is_refused()
    {
        StorageHarness first = new StorageHarness().Open();

        Should.Throw<DiskLockedException>(() => new StorageHarness(first.Disk).Open());
        first.Close();
        new StorageHarness(first.Disk).Open();
    }

    [Theory]
    [InlineData(0xC2, 0xA, 0, DataFolderProblem.OtherCluster, "belongs to cluster c1, and this is cluster c2")]
    [InlineData(0xC1, 0xB, 0, DataFolderProblem.OtherMember, "belongs to member a, and this is member b")]
    [InlineData(0xC1, 0xA, 9, DataFolderProblem.OtherGroup, "belongs to group 0, and this is group 9")]
    public void Somebody_elses_folder_is_refused_and_left_alone(
        ulong cluster, ulong member, uint group, DataFolderProblem problem, string message)
    {
        StorageHarness folder = new StorageHarness().Open().Append(Entries(1, 1, 3)).Close();

        DataFolderException refusal = Should.Throw<DataFolderException>(() => folder.Open(new MemberIdentity(cluster, member, group)));
        refusal.Problem.ShouldBe(problem);
        refusal.Message.ShouldContain(message);
        folder.Open().Recovered.Entries.Count.ShouldBe(3);
    }

    [Fact]
    public void A_newer_format_is_refused_with_what_would_read_it()
    {
        StorageHarness folder = new StorageHarness().Open().Close();
        byte[] bytes = folder.Disk.ReadAll("identity");
        bytes[8] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(60), Crc32C.Compute(bytes.AsSpan(0, 60)));
        using (IDiskFile file = folder.Disk.Open("identity", DiskFileMode.ReadWrite))
        {
            file.Write(0, bytes);
        }

        DataFolderException refusal = Should.Throw<DataFolderException>(() => folder.Open());
        refusal.Problem.ShouldBe(DataFolderProblem.NewerFormat);
        refusal.Message.ShouldContain("has format 2; this version reads format 1");
    }

    [Fact]
    public void A_bit_flipped_in_the_identity_is_named()
    {
        StorageHarness folder = new StorageHarness().Open().Close();
        for (int bit = 0; bit < 64 * 8; bit++)
        {
            SimulatedDisk disk = folder.Disk.Clone();
            disk.FlipBit("identity", bit / 8, bit % 8);

            Should.Throw<StorageDamagedException>(() => new StorageHarness(disk).Open()).Path.ShouldBe("identity");
        }
    }

    [Fact]
    public void A_bit_flipped_in_the_list_of_peers_is_named()
    {
        StorageHarness folder = new StorageHarness().Open().RecordPeer(0xB, 7).RecordPeer(0xC, 8).Close();
        for (int bit = 0; bit < folder.Disk.ReadAll("peers").Length * 8; bit++)
        {
            SimulatedDisk disk = folder.Disk.Clone();
            disk.FlipBit("peers", bit / 8, bit % 8);

            Should.Throw<StorageDamagedException>(() => new StorageHarness(disk).Open()).Path.ShouldBe("peers");
        }
    }

    [Fact]
    public void A_list_of_peers_that_is_missing_or_cut_is_named()
    {
        StorageHarness folder = new StorageHarness().Open().RecordPeer(0xB, 7).Close();
        byte[] bytes = folder.Disk.ReadAll("peers");
        for (int length = 0; length < bytes.Length; length++)
        {
            SimulatedDisk disk = folder.Disk.Clone();
            disk.Delete("peers");
            using (IDiskFile file = disk.Open("peers", DiskFileMode.Create))
            {
                file.Write(0, bytes.AsSpan(0, length));
            }

            Should.Throw<StorageDamagedException>(() => new StorageHarness(disk).Open()).Path.ShouldBe("peers");
        }

        folder.Disk.Delete("peers");
        Should.Throw<StorageDamagedException>(() => folder.Open()).Path.ShouldBe("peers");
    }

    [Fact]
    public void A_peers_data_folder_that_was_recorded_is_known_after_a_crash()
    {
        for (ulong fate = 0; fate < 20; fate++)
        {
            StorageHarness folder = new StorageHarness().Open().RecordPeer(0xB, 7).Crash(fate).Open();
            folder.Recovered.PeerFolders.ShouldBe(new Dictionary<ulong, ulong> { [0xB] = 7 });
            folder.RecordPeer(0xC, 8).Crash(fate).Open().Recovered.PeerFolders.Count.ShouldBe(2);
        }
    }

    [Fact]
    public void Every_data_folder_is_another_and_remains_the_same()
    {
        StorageHarness one = new StorageHarness(seed: 1).Open();
        ulong id = one.DataFolderId;
        one.Reopen().DataFolderId.ShouldBe(id);
        new StorageHarness(seed: 2).Open().DataFolderId.ShouldNotBe(id);
    }

    [Fact]
    public void A_log_without_the_identity_is_not_taken_for_a_first_start()
    {
        StorageHarness folder = new StorageHarness().Open().Append(Entries(1, 1, 3)).Close();
        folder.Disk.Delete("identity");

        Should.Throw<DataFolderException>(() => folder.Open()).Problem.ShouldBe(DataFolderProblem.IdentityMissing);
    }

    [Fact]
    public void A_first_start_that_was_cut_off_is_a_first_start_again()
    {
        bool finished = false;
        for (int operation = 0; !finished; operation++)
        {
            for (ulong fate = 0; fate < 10; fate++)
            {
                StorageHarness member = new();
                member.Disk.CrashAfterOperations = operation;
                try
                {
                    member.Open();
                    finished = true;
                }
                catch (SimulatedCrashException)
                {
                }

                member.Crash(fate).Open().Recovered.Entries.ShouldBeEmpty();
                member.Append(Entries(1, 1, 1)).Reopen().Recovered.Entries.Count.ShouldBe(1);
            }
        }
    }

    [Fact]
    public void Sizes_that_cannot_work_are_refused_with_what_would()
    {
        Should.Throw<ArgumentException>(() => new StorageHarness(new StorageOptions { SegmentBytes = 5000 }).Open())
            .Message.ShouldContain("a multiple of 512, at least 4096, would");
        Should.Throw<ArgumentException>(() => new StorageHarness(new StorageOptions { SnapshotsKept = 0 }).Open());
    }

    [Fact]
    public void The_segment_size_may_change_from_one_start_to_the_next()
    {
        StorageHarness small = new StorageHarness().Open().Append(Entries(1, 1, 3)).Close();
        StorageHarness large = new StorageHarness(small.Disk, new StorageOptions { SegmentBytes = 16384 }).Open();
        for (int i = 4; i < 40; i++)
        {
            large.Append(Entry(1, i, 500));
            large.BackgroundLane.RunAll();
        }

        large.Close();
        new StorageHarness(small.Disk).Open().Recovered.Entries.Count.ShouldBe(39);
    }
}
