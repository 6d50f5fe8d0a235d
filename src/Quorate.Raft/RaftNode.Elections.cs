using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <content>Pre-vote and votes (paper §5.2, §5.4.1; thesis §9.6).</content>
public sealed partial class RaftNode
{
    private readonly ElectionTally _tally = new();

    /// <summary>Nothing was heard of a leader for an election timeout, or the election came to nothing (spec R2).</summary>
    private void ElectionTimeoutPassed()
    {
        _electionTimer.RestartAttempt(TurnTicks, Configuration.Members.Length);
        if (!Configuration.IsVoter(Id) || IsDiskStalled)
        {
            BecomeFollower(CurrentTerm, leader: MemberId.None);
            return;
        }

        BecomePreCandidate();
    }

    /// <summary>Asks whether it could win, before it disturbs anybody by raising its term (thesis §9.6, spec E4).</summary>
    private void BecomePreCandidate()
    {
        FollowLeader(MemberId.None);
        Role = Role.PreCandidate;
        PreVotesStarted++;
        BeginTally();
        _tally.Record(Id, granted: true);
        foreach (MemberId member in Configuration.Members)
        {
            if (member != Id && Configuration.IsVoter(member))
            {
                Send(new RequestPreVote { From = Id, To = member, Term = CurrentTerm + 1, LastLog = _log.Last });
            }
        }

        CountPreVotes();
    }

    /// <summary>Raises the term, votes for itself and asks all other voters (paper §5.2, spec E1).</summary>
    /// <remarks>
    /// Nothing leaves before term and own vote are on disk, and its own vote counts no earlier than the others' would.
    /// Being one batch, in order, with all entries before it, the requests promise no log that the disk does not hold.
    /// </remarks>
    private void BecomeCandidate(bool isLeadershipTransfer)
    {
        FollowLeader(MemberId.None);
        EnterTerm(CurrentTerm + 1, vote: Id);
        Role = Role.Candidate;
        ElectionsStarted++;
        _electionTimer.Restart();
        BeginTally();
        foreach (MemberId member in Configuration.Members)
        {
            if (member != Id && Configuration.IsVoter(member))
            {
                SendOnceDurable(new RequestVote
                {
                    From = Id,
                    To = member,
                    Term = CurrentTerm,
                    LastLog = _log.Last,
                    LeadershipTransfer = isLeadershipTransfer,
                });
            }
        }

#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.CandidacyAnnouncedBeforeDurable))
        {
            _pending.Messages.AddRange(_pending.MessagesOnceDurable);
            _pending.MessagesOnceDurable.Clear();
            _tally.Record(Id, granted: true);
            CountVotes();
        }
#endif
    }

    /// <summary>"Would you vote for me?" Answering changes nothing here, not even the timer.</summary>
    private void HandleRequestPreVote(RequestPreVote request)
    {
        if (request.Term <= CurrentTerm)
        {
            AnswerPreVote(request, granted: false);
            return;
        }

        if (IsLeaderProtectedFrom(request.From))
        {
            _refusedForLeader = request;
            AnswerPreVote(request, granted: false);
            return;
        }

#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.TimerResetByRefusedVote))
        {
            _electionTimer.Restart();
        }

        if (Mutants.Is(Mutant.PreVoteIgnoresLog))
        {
            AnswerPreVote(request, granted: true);
            return;
        }
#endif
        if (!request.LastLog.IsAtLeastAsUpToDateAs(_log.Last))
        {
            AnswerPreVote(request, granted: false);
            return;
        }

        AnswerPreVote(request, granted: true);
    }

    private void AnswerPreVote(RequestPreVote request, bool granted) =>
        Send(new RequestPreVoteReply { From = Id, To = request.From, Term = granted ? request.Term : CurrentTerm, VoteGranted = granted });

    private void HandlePreVoteGranted(RequestPreVoteReply reply)
    {
        if (Role != Role.PreCandidate || reply.Term != CurrentTerm + 1)
        {
            return;
        }

        _tally.Record(reply.From, granted: true);
        CountPreVotes();
    }

    private void HandlePreVoteRefused(RequestPreVoteReply reply)
    {
        if (Role != Role.PreCandidate)
        {
            return;
        }

        _tally.Record(reply.From, granted: false);
        CountPreVotes();
    }

    private void CountPreVotes()
    {
        switch (_tally.Result(_quorum))
        {
            case VoteResult.Won:
                BecomeCandidate(isLeadershipTransfer: false);
                break;
            case VoteResult.Lost when !_electionTimer.IsHurried: // else others may yet notice, and say otherwise
                BecomeFollower(CurrentTerm, leader: MemberId.None);
                break;
        }
    }

    /// <summary>RequestVote RPC, receiver implementation (paper figure 2). Step 1, the older term, is refused before.</summary>
    /// <remarks>
    /// Who asks need not be in this server's configuration: it may be the older one (thesis §4.2.2 has a server vote by
    /// term and log alone).
    /// </remarks>
    private void HandleRequestVote(RequestVote request)
    {
        bool isGranted = MayVoteFor(request);
        if (!isGranted)
        {
#if QUORATE_MUTANTS
            if (Mutants.Is(Mutant.TimerResetByRefusedVote))
            {
                _electionTimer.Restart();
            }
#endif
            // The timer runs on: a candidate that cannot win must not keep others from standing (spec L7).
            Send(new RequestVoteReply { From = Id, To = request.From, Term = CurrentTerm, VoteGranted = false });
            return;
        }

        // Whoever votes for another has given up its own attempt.
        Role = FollowingRole;
        VotedFor = request.From;
        _electionTimer.Restart();
#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.VoteAnsweredBeforeDurable))
        {
            _pending.Messages.Add(new RequestVoteReply { From = Id, To = request.From, Term = CurrentTerm, VoteGranted = true });
            return;
        }
#endif
        SendOnceDurable(new RequestVoteReply { From = Id, To = request.From, Term = CurrentTerm, VoteGranted = true });
    }

    /// <summary>A leader and a candidate have voted for themselves, so they never get past the first test.</summary>
    private bool MayVoteFor(RequestVote request)
    {
        // Asked again by the one it voted for, it says so again (spec E2).
        if (!VotedFor.IsNone && VotedFor != request.From)
        {
            return false;
        }

        // The term has its leader; nobody else can win it.
        if (!LeaderId.IsNone && LeaderId != request.From)
        {
            return false;
        }

        return request.LastLog.IsAtLeastAsUpToDateAs(_log.Last);
    }

    private void HandleRequestVoteReply(RequestVoteReply reply)
    {
        if (Role != Role.Candidate)
        {
            return;
        }

        _tally.Record(reply.From, reply.VoteGranted);
        CountVotes();
    }

    private void CountOwnVote()
    {
        if (_writes.DurableHardState == new HardState(CurrentTerm, Id))
        {
            _tally.Record(Id, granted: true);
            CountVotes();
        }
    }

    private void CountVotes()
    {
        switch (_tally.Result(_quorum))
        {
            case VoteResult.Won:
                BecomeLeader();
                break;
            case VoteResult.Lost:
                BecomeFollower(CurrentTerm, leader: MemberId.None);
                _electionTimer.VoteLost(TurnTicks, Configuration.Members.Length);
                break;
        }
    }

    /// <summary>
    /// Whether a live leader is known whom a candidate must not depose (thesis §4.2.3, §9.6). The leader protects itself as
    /// long as it leads, which check-quorum bounds. A leader that itself stands for election does not lead any more.
    /// </summary>
    private bool IsLeaderProtectedFrom(MemberId candidate) =>
        IsLeader || (!LeaderId.IsNone && LeaderId != candidate && _electionTimer.HeardLeaderLately);
}
