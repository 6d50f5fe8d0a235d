using Quorate.Etcd;
using Quorate.Etcd.Backups;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Runtime;
using Quorate.Storage;

namespace Quorate.Server.Backups;

/// <summary>
/// A backup of what the data folder of a stopped member holds: its newest snapshot, and everything that its log holds behind
/// that. For when the majority of a cluster is gone for good, and nobody can tell any more which of the last entries were
/// committed: a write that was acknowledged is among them if this member had it; one that was not may be, too.
/// </summary>
/// <param name="Content">The state.</param>
/// <param name="LastIndex">The last entry in it.</param>
internal sealed record FolderBackup(BackupContent Content, long LastIndex)
{
    /// <summary>Reads a folder as a start of the member does, and changes it no more than that.</summary>
    /// <exception cref="IOException">It is no data folder, is in use, is damaged, or cannot be read; says what.</exception>
    public static FolderBackup Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new IOException($"there is no folder '{folder}'");
        }

        var disk = new SystemDisk(folder);
        MemberIdentity identity = MemberStorage.IdentityOf(disk)
            ?? throw new IOException($"'{folder}' is not the data folder of a member: there is no file 'identity' in it");
        var lane = new InlineLane();
        ulong seed = BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(ulong)));
        using MemberStorage storage = MemberStorage.Open(disk, lane, lane, seed, identity, new StorageOptions { SpareSegmentsMax = 0 });
        lane.Run();
        var state = new EtcdStateMachine();
        LogPosition last = default;
        if (storage.Recovered.Snapshot is { } snapshot)
        {
            using Stream content = storage.Snapshots.OpenContent(snapshot);
            state.LoadSnapshot(content);
            last = snapshot.LastIncluded;
        }

        foreach (Entry entry in storage.Recovered.Entries.Where(entry => entry.Index > last.Index))
        {
            if (entry.Kind == EntryKind.Command)
            {
                state.Apply(new AppliedCommand(entry.Term, entry.Index, entry.Command[Proposal.HeaderLength..], ResultWanted: false));
            }

            last = new LogPosition(entry.Term, entry.Index);
        }

        state.BatchApplied();
        return new FolderBackup(BackupContent.TryCapture(state, identity.ClusterId, identity.MemberId)!, last.Index);
    }
}
