using System.Collections.Immutable;
using Quorate.Raft;

namespace Quorate.Replica;

/// <content>What is shown to the outside.</content>
public sealed partial class ReplicaNode
{
    private volatile ReplicaStatus _status;
    private bool _statusIsOld;
    private Role _role;
    private long _leaderChanges;

    /// <inheritdoc/>
    /// <remarks>
    /// Role, term, leader, configuration and failure are those after the last <see cref="Pump"/>, and published before
    /// any completion of that pump is called. Indexes and the state of the followers may be older, by a tick at most.
    /// </remarks>
    public ReplicaStatus Status => _status;

    private void PublishStatus()
    {
        ReplicaStatus last = _status;
        if (_algorithm.Role != _role)
        {
            _listener.RoleChanged(_role, _algorithm.Role, _algorithm.CurrentTerm);
            _role = _algorithm.Role;
            _reads.Resume();
            _statusIsOld = true;
        }

        if (_algorithm.LeaderId != last.LeaderId)
        {
            _leaderChanges += _algorithm.LeaderId.IsNone ? 0 : 1;
            _listener.LeaderChanged(_algorithm.LeaderId, _algorithm.CurrentTerm);
            _reads.Resume();
            _statusIsOld = true;
        }

        if (_statusIsOld || _algorithm.CurrentTerm != last.Term || !ReferenceEquals(_algorithm.Configuration, last.Configuration))
        {
            _statusIsOld = false;
            if (!IsStillTrue(last))
            {
                _status = BuildStatus();
            }
        }
    }

    /// <summary>Whether a new picture would show the same. A leader's hardly ever does: it shows the followers too.</summary>
    private bool IsStillTrue(ReplicaStatus status) =>
        _algorithm.Role != Role.Leader
        && status.Role == _algorithm.Role
        && status.Term == _algorithm.CurrentTerm
        && status.LeaderId == _algorithm.LeaderId
        && status.LastIndex == _algorithm.LastLog.Index
        && status.CommitIndex == _algorithm.CommitIndex
        && status.AppliedIndex == _applier.Applied.Index
        && status.HasCaughtUp == HasCaughtUp
        && status.SnapshotIndex == (_algorithm.Snapshot?.LastIncluded.Index ?? 0)
        && ReferenceEquals(status.Configuration, _algorithm.Configuration)
        && status.LogBytes == _storage.Log.LogBytes
        && status.ElectionsStarted == _algorithm.ElectionsStarted
        && status.LeaderChanges == _leaderChanges
        && status.PendingProposals == _proposals.Count
        && status.Failure == _failure;

    private ReplicaStatus BuildStatus() => new()
    {
        Id = Id,
        Role = _algorithm.Role,
        Term = _algorithm.CurrentTerm,
        LeaderId = _algorithm.LeaderId,
        LastIndex = _algorithm.LastLog.Index,
        CommitIndex = _algorithm.CommitIndex,
        AppliedIndex = _applier.Applied.Index,
        HasCaughtUp = HasCaughtUp,
        SnapshotIndex = _algorithm.Snapshot?.LastIncluded.Index ?? 0,
        Configuration = _algorithm.Configuration,
        Followers = _algorithm.Role == Role.Leader ? Followers() : [],
        LogBytes = _storage.Log.LogBytes,
        ElectionsStarted = _algorithm.ElectionsStarted,
        LeaderChanges = _leaderChanges,
        PendingProposals = _proposals.Count,
        Failure = _failure,
    };

    /// <summary>
    /// What was applied before the start was on this member's own disk, so it is in the log that was found. Where a leader of a later
    /// term has cut off the end of that log, an entry of its term is behind everything that ever was committed.
    /// </summary>
    private bool HasCaughtUp => _applier.Applied.Index >= _lastAtStart.Index || _applier.Applied.Term > _lastAtStart.Term;

    private ImmutableArray<FollowerStatus> Followers()
    {
        IReadOnlyList<FollowerProgress> followers = _algorithm.Followers;
        var statuses = ImmutableArray.CreateBuilder<FollowerStatus>(followers.Count);
        foreach (FollowerProgress follower in followers)
        {
            statuses.Add(new FollowerStatus(
                follower.Id, follower.MatchIndex, follower.IsActive, follower.Mode == ProgressMode.Snapshot));
        }

        return statuses.MoveToImmutable();
    }
}
