using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <content>Linearizable reads without the log (thesis §6.4, spec G2).</content>
public sealed partial class RaftNode
{
    private readonly LeaderReads _leaderReads;
    private readonly ForwardedReads _forwardedReads;
    private readonly Func<MemberId, bool> _hasAnsweredReadRound;

    /// <summary>
    /// A leader knows what is committed only once an entry of its own term is (paper §8): until then reads wait.
    /// </summary>
    private bool HasCommittedInTerm =>
#if QUORATE_MUTANTS
        Mutants.Is(Mutant.ReadBeforeFirstCommit) ||
#endif
        (_log.TryGetTerm(CommitIndex, out long term) && term == CurrentTerm);

    /// <summary>
    /// Asks for an index at which local state is linearizable (thesis §6.4). Answered in <see cref="RaftOutput.Reads"/>,
    /// in bounded time. The host gives one id to all reads that it has at hand.
    /// </summary>
    public void RequestRead(long readId)
    {
        if (IsLeader)
        {
            if (!_leaderReads.TryAdd(new WaitingRead(Id, readId), isRepeatable: false))
            {
                AnswerRead(readId, ReadStatus.Overloaded, 0);
            }

            return;
        }

        if (LeaderId.IsNone)
        {
            AnswerRead(readId, ReadStatus.NoLeader, 0);
            return;
        }

        if (!_forwardedReads.TryAdd(readId))
        {
            AnswerRead(readId, ReadStatus.Overloaded, 0);
        }
    }

    /// <summary>
    /// Starts a round for all reads that have gathered, unless one is out. The round's number travels in heartbeats of
    /// its own, whose answers wait for no disk.
    /// </summary>
    private void BeginReadRound()
    {
        if (!_leaderReads.HasWaiting || _leaderReads.IsRoundOut || !HasCommittedInTerm)
        {
            return;
        }

        _leaderReads.BeginRound(CommitIndex);
        foreach (Progress follower in _followers)
        {
            if (Configuration.IsVoter(follower.Id))
            {
                SendHeartbeat(follower);
            }
        }

        EndReadRoundOnceConfirmed();
    }

    private void ReadRoundAnswered(Progress follower, long round)
    {
        if (round <= follower.ReadRound)
        {
            return;
        }

        follower.ReadRound = round;
        EndReadRoundOnceConfirmed();
    }

    private void EndReadRoundOnceConfirmed()
    {
        if (!_leaderReads.IsRoundOut || (!_quorum.IsQuorum(_hasAnsweredReadRound)
#if QUORATE_MUTANTS
            && !Mutants.Is(Mutant.ReadWithoutConfirmation)
#endif
        ))
        {
            return;
        }

        foreach (WaitingRead read in _leaderReads.InRound)
        {
            AnswerWaitingRead(read, ReadStatus.Confirmed, _leaderReads.RoundIndex);
        }

        _leaderReads.EndRound();
    }

    private bool HasAnsweredReadRound(MemberId member) =>
        member == Id || (FollowerOf(member) is { } follower && follower.ReadRound >= _leaderReads.Round);

    private void HandleReadIndexRequest(ReadIndexRequest request)
    {
        var read = new WaitingRead(request.From, request.RequestId);
        if (!IsLeader)
        {
            AnswerWaitingRead(read, ReadStatus.NoLeader, 0);
            return;
        }

        if (!_leaderReads.TryAdd(read, isRepeatable: true))
        {
            AnswerWaitingRead(read, ReadStatus.Overloaded, 0);
        }
    }

    private void HandleReadIndexReply(ReadIndexReply reply)
    {
        if (!_forwardedReads.IsRequestOut || reply.RequestId != _forwardedReads.RequestId || reply.From != LeaderId)
        {
            return;
        }

        foreach (long readId in _forwardedReads.Asked)
        {
            AnswerRead(readId, reply.Status, reply.Index);
        }

        _forwardedReads.EndRequest();
    }

    private void SendForwardedReads()
    {
        if (_forwardedReads.ShouldAsk)
        {
            _forwardedReads.BeginRequest();
            SendReadIndexRequest();
        }
    }

    private void SendReadIndexRequest() =>
        Send(new ReadIndexRequest { From = Id, To = LeaderId, Term = CurrentTerm, RequestId = _forwardedReads.RequestId });

    /// <summary>An unanswered request is asked again; after an election timeout whoever waits is told.</summary>
    private void TickForwardedReads()
    {
        int ticks = _forwardedReads.Tick();
        if (ticks >= _options.ElectionTimeoutTicks)
        {
            _forwardedReads.RefuseAll(_pending.Reads);
        }
        else if (ticks > 0 && ticks % _options.HeartbeatTicks == 0)
        {
            SendReadIndexRequest();
        }
    }

    private void RefuseLeaderReads()
    {
        foreach (WaitingRead read in _leaderReads.TakeAll())
        {
            AnswerWaitingRead(read, ReadStatus.NoLeader, 0);
        }
    }

    private void AnswerWaitingRead(WaitingRead read, ReadStatus status, long index)
    {
        if (read.From == Id)
        {
            AnswerRead(read.Id, status, index);
        }
        else
        {
            Send(new ReadIndexReply { From = Id, To = read.From, Term = CurrentTerm, RequestId = read.Id, Status = status, Index = index });
        }
    }

    private void AnswerRead(long readId, ReadStatus status, long index) =>
        _pending.Reads.Add(new ReadResult(readId, status, index));
}
