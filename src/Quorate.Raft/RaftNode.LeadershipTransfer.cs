using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <content>Handing leadership over (thesis §3.10, spec E6).</content>
public sealed partial class RaftNode
{
    private readonly LeadershipTransfer _leadershipTransfer;

    /// <summary>Whom leadership is being handed to, while it is.</summary>
    public MemberId TransferTarget => _leadershipTransfer.Target;

    /// <summary>Asks the leader, if this is it, to hand over (thesis §3.10).</summary>
    public TransferStatus TransferLeadership(MemberId target)
    {
        if (!IsLeader)
        {
            return TransferStatus.NotLeader;
        }

        if (target == Id)
        {
            return TransferStatus.AlreadyLeader;
        }

        if (!Configuration.IsVoter(target))
        {
            return TransferStatus.NotAVoter;
        }

        if (_leadershipTransfer.IsUnderWay)
        {
            return TransferStatus.InProgress;
        }

        _leadershipTransfer.Begin(target);
        TellTransferTargetOnceCaughtUp();
        return TransferStatus.Started;
    }

    /// <summary>The target must have the whole log, on its disk, before it stands: else it would lose the election it is to win (thesis §3.10).</summary>
    private void TellTransferTargetOnceCaughtUp()
    {
        if (!_leadershipTransfer.IsUnderWay || _leadershipTransfer.IsTargetTold)
        {
            return;
        }

        if (MatchIndexOf(_leadershipTransfer.Target) < _log.LastIndex
#if QUORATE_MUTANTS
            && !Mutants.Is(Mutant.TransferTargetToldEarly)
#endif
        )
        {
            return;
        }

        _leadershipTransfer.TargetTold();
        Send(new TimeoutNow { From = Id, To = _leadershipTransfer.Target, Term = CurrentTerm });
    }

    /// <summary>The leader hands over to this server (thesis §3.10): it stands at once, without pre-vote.</summary>
    private void HandleTimeoutNow(TimeoutNow timeoutNow)
    {
        if (Role != Role.Follower || LeaderId != timeoutNow.From)
        {
            return;
        }

        if (IsDiskStalled)
        {
            return;
        }

        BecomeCandidate(isLeadershipTransfer: true);
    }
}
