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
        if (_node.Role != _role)
        {
            _listener.RoleChanged(_role, _node.Role, _node.CurrentTerm);
            _role = _node.Role;
            _reads.Resume();
            _statusIsOld = true;
        }

        if (_node.LeaderId != last.LeaderId)
        {
            _leaderChanges += _node.LeaderId.IsNone ? 0 : 1;
            _listener.LeaderChanged(_node.LeaderId, _node.CurrentTerm);
            _reads.Resume();
            _statusIsOld = true;
        }

        if (_statusIsOld || _node.CurrentTerm != last.Term || !ReferenceEquals(_node.Configuration, last.Configuration))
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
        _node.Role != Role.Leader
        && status.Role == _node.Role
        && status.Term == _node.CurrentTerm
        && status.LeaderId == _node.LeaderId
        && status.LastIndex == _node.LastLog.Index
        && status.CommitIndex == _node.CommitIndex
        && status.AppliedIndex == _applier.Applied.Index
        && status.SnapshotIndex == (_node.Snapshot?.LastIncluded.Index ?? 0)
        && ReferenceEquals(status.Configuration, _node.Configuration)
        && status.LogBytes == _storage.Log.LogBytes
        && status.ElectionsStarted == _node.ElectionsStarted
        && status.LeaderChanges == _leaderChanges
        && status.PendingProposals == _proposals.Count
        && status.Failure == _failure;

    private ReplicaStatus BuildStatus() => new()
    {
        Id = Id,
        Role = _node.Role,
        Term = _node.CurrentTerm,
        LeaderId = _node.LeaderId,
        LastIndex = _node.LastLog.Index,
        CommitIndex = _node.CommitIndex,
        AppliedIndex = _applier.Applied.Index,
        SnapshotIndex = _node.Snapshot?.LastIncluded.Index ?? 0,
        Configuration = _node.Configuration,
        Followers = _node.Role == Role.Leader ? Followers() : [],
        LogBytes = _storage.Log.LogBytes,
        ElectionsStarted = _node.ElectionsStarted,
        LeaderChanges = _leaderChanges,
        PendingProposals = _proposals.Count,
        Failure = _failure,
    };

    private ImmutableArray<FollowerStatus> Followers()
    {
        IReadOnlyList<FollowerProgress> followers = _node.Followers;
        var statuses = ImmutableArray.CreateBuilder<FollowerStatus>(followers.Count);
        foreach (FollowerProgress follower in followers)
        {
            statuses.Add(new FollowerStatus(
                follower.Id, follower.MatchIndex, follower.IsActive, follower.Mode == ProgressMode.Snapshot));
        }

        return statuses.MoveToImmutable();
    }
}
