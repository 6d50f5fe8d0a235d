using Quorate.Etcd.Backups;
using Quorate.Raft;
using Quorate.Runtime;
using Quorate.Server.Configuration;
using Quorate.Server.Hosting;
using Quorate.Storage;

namespace Quorate.Server.Backups;

/// <summary>
/// Makes the data folder of one member of a new cluster from a backup. All members that are made from the same file with
/// the same list of members begin with the same snapshot at the same place of the log, as if they had installed it from one
/// leader: so they are a cluster from their first start, whoever leads.
/// </summary>
internal static class MemberRestorer
{
    private static readonly LogPosition s_position = new(Term: 1, BackupFile.RestoredIndex);

    /// <exception cref="IOException">The folder exists, or cannot be written.</exception>
    /// <exception cref="InvalidDataException">The new cluster could be taken for the old one.</exception>
    public static void Restore(BackupFile backup, ServerSettings settings)
    {
        QuorateOptions options = ReplicaSettings.From(settings, settings.RequestBytesMax);
        if (options.ClusterId == backup.Description.ClusterId)
        {
            throw new InvalidDataException(
                $"the new cluster would have the id of the one that the snapshot is of ({options.ClusterId:x}), and its old members could mix with the new ones; "
                + $"give another {Settings.InitialClusterToken.Flag}, here and when the members are started");
        }

        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.DataFolder));
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new IOException($"'{target}' exists already; a member is restored into a new folder");
        }

        // Whole or not at all: nobody can start a member on a folder that is not finished.
        string aside = target + ".restoring";
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }

        try
        {
            Write(backup, options, aside);
            FoundingSettings.Keep(settings with { DataFolder = aside });
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(aside, target);
            new SystemDisk(Path.GetDirectoryName(target)!).FlushFolder("");
        }
        catch
        {
            if (Directory.Exists(aside))
            {
                Directory.Delete(aside, recursive: true);
            }

            throw;
        }
    }

    private static void Write(BackupFile backup, QuorateOptions options, string folder)
    {
        var identity = new MemberIdentity(options.ClusterId, options.MemberId.Value);
        var disk = new SystemDisk(folder);
        using (MemberStorage storage = Open(disk, identity, out InlineLane lane))
        {
            Exception? failure = null;
            storage.Snapshots.Write(
                s_position, new Raft.Configuration(options.Members.Select(member => member.Id)), backup.WriteRestored(), (_, error) => failure = error);
            lane.Run();
            if (failure is not null)
            {
                throw new IOException($"the snapshot could not be written: {failure.Message}", failure);
            }
        }

        // A second look, as at a start: it must be found, and the log begins behind it from here on.
        using MemberStorage again = Open(disk, identity, out InlineLane rest);
        rest.Run();
        if (again.Recovered.Snapshot?.LastIncluded != s_position)
        {
            throw new IOException("what was written cannot be read again");
        }
    }

    private static MemberStorage Open(SystemDisk disk, MemberIdentity identity, out InlineLane lane)
    {
        lane = new InlineLane();
        ulong seed = BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(ulong)));
        MemberStorage storage = MemberStorage.Open(disk, lane, lane, seed, identity, new StorageOptions { SpareSegmentsMax = 0 });
        lane.Run();
        return storage;
    }
}
