using Microsoft.Extensions.Logging;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>What a replica and its host log: events 1000 to 1099.</summary>
internal static partial class ReplicaLog
{
    [LoggerMessage(1000, LogLevel.Information,
        "Member {Name} ({Member}) of cluster {Cluster} recovered from {Folder}: term {Term}, last index {LastIndex}, snapshot index {SnapshotIndex}")]
    public static partial void Recovered(
        ILogger logger, string name, MemberId member, string cluster, string folder, long term, long lastIndex, long snapshotIndex);

    [LoggerMessage(1015, LogLevel.Information, "Member {Name} ({Member}) of cluster {Cluster} starts for the first time, in {Folder}")]
    public static partial void Founded(ILogger logger, string name, MemberId member, string cluster, string folder);

    [LoggerMessage(1001, LogLevel.Warning, "Recovery of member {Name}: {Note}")]
    public static partial void RecoveryNote(ILogger logger, string name, string note);

    [LoggerMessage(1002, LogLevel.Information, "Member {Name} is now {To} (was {From}) in term {Term}")]
    public static partial void RoleChanged(ILogger logger, string name, Role from, Role to, long term);

    [LoggerMessage(1003, LogLevel.Information, "Member {Name} knows {Leader} as the leader of term {Term}")]
    public static partial void LeaderKnown(ILogger logger, string name, string leader, long term);

    [LoggerMessage(1004, LogLevel.Warning, "Member {Name} knows no leader in term {Term}")]
    public static partial void LeaderLost(ILogger logger, string name, long term);

    [LoggerMessage(1005, LogLevel.Debug, "Member {Name} takes a snapshot at index {Index}")]
    public static partial void SnapshotStarted(ILogger logger, string name, long index);

    [LoggerMessage(1006, LogLevel.Information, "Member {Name} has taken a snapshot at index {Index} in {Duration}")]
    public static partial void SnapshotTaken(ILogger logger, string name, long index, TimeSpan duration);

    [LoggerMessage(1007, LogLevel.Information, "Member {Name} has installed a snapshot of the leader at index {Index}")]
    public static partial void SnapshotInstalled(ILogger logger, string name, long index);

    [LoggerMessage(1008, LogLevel.Warning, "Member {Name} refused a snapshot at index {Index}: {Reason}")]
    public static partial void SnapshotRefused(ILogger logger, string name, long index, string reason);

    [LoggerMessage(1009, LogLevel.Warning, "Member {Name} ignored a frame of {Bytes} bytes from peer {Peer}: {Reason}{More}")]
    public static partial void FrameRefused(ILogger logger, string name, string peer, int bytes, FrameRefusal reason, string more);

    [LoggerMessage(1010, LogLevel.Critical, "Member {Name} has stopped for good: {What}")]
    public static partial void Failed(ILogger logger, string name, string what, Exception exception);

    [LoggerMessage(1016, LogLevel.Warning,
        "The disk of member {Name} is full: no room for {ForWhat}. It goes on without and tries again; make room, since it stops once its log finds none: {Reason}")]
    public static partial void DiskFull(ILogger logger, string name, string forWhat, string reason);

    [LoggerMessage(1017, LogLevel.Error,
        "Member {Follower} has lost entries of its log that it had acknowledged to {Name}: it had all up to {Acknowledged}, and has lost what is behind {Meeting}, or more. "
        + "Its disk has lied about a flush, or an older copy of its data folder was put in the place of the last. It is sent them again; "
        + "look into its disk, and never start a member on an older copy: with one more member that lags, committed writes can be lost")]
    public static partial void FollowerLostEntries(ILogger logger, string name, Raft.MemberId follower, long acknowledged, long meeting);

    [LoggerMessage(1011, LogLevel.Information, "Member {Name} is stopping")]
    public static partial void Stopping(ILogger logger, string name);

    [LoggerMessage(1012, LogLevel.Information, "Member {Name} has stopped")]
    public static partial void Stopped(ILogger logger, string name);

    [LoggerMessage(1013, LogLevel.Error, "Member {Name} did not stop within {Timeout}: its disk hangs; left as it is")]
    public static partial void StopTimedOut(ILogger logger, string name, TimeSpan timeout);

    [LoggerMessage(1014, LogLevel.Information, "Member {Name} hands leadership over to {Target} before it stops")]
    public static partial void HandingOver(ILogger logger, string name, string target);
}
