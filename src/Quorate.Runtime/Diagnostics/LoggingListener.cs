using Microsoft.Extensions.Logging;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>Turns what a replica tells its host into logs.</summary>
internal sealed class LoggingListener(
    ILogger logger, QuorateOptions options, string folder, TimeSpan repeatedLogInterval, Action<string> failed) : IReplicaListener
{
    private readonly RepeatedLog _repeated = new(repeatedLogInterval);
    private readonly string _name = options.Name;

    public void Started(LogPosition lastLog, long snapshotIndex, long term, IReadOnlyList<string> notes)
    {
        string cluster = new MemberId(options.ClusterId).ToString();
        if (term == 0 && lastLog.Index == 0 && snapshotIndex == 0)
        {
            ReplicaLog.Founded(logger, _name, options.MemberId, cluster, folder);
        }
        else
        {
            ReplicaLog.Recovered(logger, _name, options.MemberId, cluster, folder, term, lastLog.Index, snapshotIndex);
        }

        foreach (string note in notes)
        {
            ReplicaLog.RecoveryNote(logger, _name, note);
        }
    }

    public void RoleChanged(Role from, Role to, long term) => ReplicaLog.RoleChanged(logger, _name, from, to, term);

    public void LeaderChanged(MemberId leader, long term)
    {
        if (leader.IsNone)
        {
            ReplicaLog.LeaderLost(logger, _name, term);
        }
        else
        {
            ReplicaLog.LeaderKnown(logger, _name, options.Describe(leader), term);
        }
    }

    public void SnapshotStarted(LogPosition lastIncluded) => ReplicaLog.SnapshotStarted(logger, _name, lastIncluded.Index);

    public void SnapshotTaken(SnapshotMetadata snapshot, TimeSpan duration) =>
        ReplicaLog.SnapshotTaken(logger, _name, snapshot.LastIncluded.Index, duration);

    public void SnapshotInstalled(SnapshotMetadata snapshot) => ReplicaLog.SnapshotInstalled(logger, _name, snapshot.LastIncluded.Index);

    public void SnapshotRefused(SnapshotMetadata snapshot, string reason) =>
        ReplicaLog.SnapshotRefused(logger, _name, snapshot.LastIncluded.Index, reason);

    public void FrameRefused(ulong from, FrameRefusal reason, int bytes)
    {
        if (_repeated.MayLog($"{from} {reason}", out long suppressed))
        {
            ReplicaLog.FrameRefused(logger, _name, options.Describe(new MemberId(from)), bytes, reason, RepeatedLog.More(suppressed));
        }
    }

    public void FollowerLostEntries(FollowerLoss loss) =>
        ReplicaLog.FollowerLostEntries(logger, _name, loss.Id, loss.AcknowledgedIndex, loss.MeetingIndex);

    public void DiskFull(string forWhat, Exception error) => ReplicaLog.DiskFull(logger, _name, forWhat, error.Message);

    public void Failed(string what, Exception error)
    {
        ReplicaLog.Failed(logger, _name, what, error);
        failed($"{what}: {error.Message}");
    }
}
