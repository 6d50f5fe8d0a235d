using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <summary>
/// The Raft consensus algorithm of one server, as pure state: events go in, a <see cref="RaftOutput"/> comes out.
/// </summary>
/// <remarks>
/// <para>Not for several threads, and nothing is ever waited for: the host hands in ticks, messages, requests and completions
/// in any order, as many as it has at hand, and then asks once for the output. Messages to followers are put together
/// only then, so that a batch of proposals travels in one.</para>
/// <para>The parts: this file has the state, time and the rules on terms; <c>.Elections</c> pre-vote and votes (paper §5.2,
/// thesis §9.6); <c>.Suspicion</c> what a broken connection says; <c>.Following</c> the receiver of entries (paper §5.3);
/// <c>.Replication</c> their sender; <c>.Leading</c> the rest of a leader's office, commit and check-quorum;
/// <c>.LeadershipTransfer</c> handing over (thesis §3.10); <c>.Reads</c> ReadIndex (thesis §6.4); <c>.Snapshots</c> paper §7;
/// <c>.Output</c> what leaves, and when.</para>
/// <para>A violated invariant throws <see cref="RaftInvariantException"/>; the host then stops the server.</para>
/// </remarks>
public sealed partial class RaftNode
{
    private readonly RaftOptions _options;
    private readonly RaftLog _log;
    private readonly PendingWrites _writes;
    private readonly ConfigurationHistory _configurations;
    private readonly ElectionTimer _electionTimer;
    private Quorum _quorum;

    /// <summary>Starts a server, as a follower, from what is on its disk.</summary>
    /// <exception cref="ArgumentException">The options cannot work, or what was restored is no log.</exception>
    public RaftNode(RaftOptions options, RestoredState restored)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(restored);
        options.Validate();
        _options = options;
        var random = new SeededRandom(options.Seed);
        _electionTimer = new ElectionTimer(options.ElectionTimeoutTicks, options.ElectionTimeoutSpreadTicks ?? options.ElectionTimeoutTicks, random.Fork());
        _forwardedReads = new ForwardedReads((long)(random.NextUInt64() >> 2), options.WaitingReadsMax);
        _leaderReads = new LeaderReads(options.WaitingReadsMax, ReadWaitTicksMax);
        _leadershipTransfer = new LeadershipTransfer(options.ElectionTimeoutTicks);
        _matchIndexOf = MatchIndexOf;
        _isActive = IsActive;
        _hasAnsweredReadRound = HasAnsweredReadRound;

        RestoredLog found = RestoredLog.From(restored);
        _log = found.Log;
        _log.ReusesCompactedChunks = options.ReusesCompactedChunks;
        _configurations = found.Configurations;
        _quorum = new Quorum(_configurations.Latest);
        Snapshot = restored.Snapshot;
        CommitIndex = Snapshot?.LastIncluded.Index ?? 0;
        _handedOutIndex = CommitIndex;
        _writtenIndex = _log.LastIndex;
        _pending.ReplacedBySnapshot = found.IsReplacedBySnapshot ? Snapshot : null;

        // A snapshot may have become durable before the term it came in. No message had left in that term then, so
        // it is as if the server had only now heard of it. Storage raises the term of what it restores for the same reason
        // (StartingPoint.Choose); here it is raised whatever storage the host has, since no entry may be of a later term than the
        // server's: leading, it would append one of an earlier term behind it.
        long lastTerm = _log.Last.Term;
        (CurrentTerm, VotedFor) = lastTerm > restored.HardState.CurrentTerm
            ? (lastTerm, MemberId.None)
            : (restored.HardState.CurrentTerm, restored.HardState.VotedFor);
        _writtenHardState = restored.HardState;
        _writes = new PendingWrites(restored.HardState, _log.LastIndex);
        Role = FollowingRole;
    }

    /// <summary>This server.</summary>
    public MemberId Id => _options.Id;

    /// <summary>The part it plays.</summary>
    public Role Role { get; private set; }

    /// <summary>Latest term seen. Only grows; no message tells it before it is on disk (spec R3).</summary>
    public long CurrentTerm { get; private set; }

    /// <summary>Who has its vote in <see cref="CurrentTerm"/>. Set at most once a term.</summary>
    public MemberId VotedFor { get; private set; }

    /// <summary>The leader of <see cref="CurrentTerm"/>, where known.</summary>
    public MemberId LeaderId { get; private set; }

    /// <summary>Index of the highest entry known to be committed. Only grows; at most <see cref="LastLog"/>'s.</summary>
    public long CommitIndex { get; private set; }

    /// <summary>Up to here the log is on this server's disk.</summary>
    public long DurableIndex => _writes.DurableIndex;

    /// <summary>Term and vote on this server's disk.</summary>
    public HardState DurableHardState => _writes.DurableHardState;

    /// <summary>Up to here committed entries were handed out in <see cref="RaftOutput.Committed"/>, or a snapshot holds their effect.</summary>
    public long HandedOutIndex => _handedOutIndex;

    /// <summary>The last entry of its log.</summary>
    public LogPosition LastLog => _log.Last;

    /// <summary>The log in memory, to look at.</summary>
    public RaftLog Log => _log;

    /// <summary>The configuration in effect: the latest in the log, committed or not (paper §6).</summary>
    public Configuration Configuration => _quorum.Configuration;

    /// <summary>The newest snapshot.</summary>
    public SnapshotMetadata? Snapshot { get; private set; }

    /// <summary>How often this server asked for pre-votes.</summary>
    public long PreVotesStarted { get; private set; }

    /// <summary>How often this server raised its term to stand for election.</summary>
    public long ElectionsStarted { get; private set; }

    /// <summary>Followers and learners as the leader sees them, in order of id; empty elsewhere.</summary>
    public IReadOnlyList<FollowerProgress> Followers => Array.ConvertAll(_followers, static follower => follower.View);

    private bool IsLeader => Role == Role.Leader;

    /// <summary>
    /// Reads that a leader cannot confirm for so long are refused, though it still leads: entries of its term are not committed, or
    /// rounds not answered. A leader without a majority has stepped down by then (spec E5), which refuses them too.
    /// </summary>
    private int ReadWaitTicksMax => 2 * _options.ElectionTimeoutTicks;

    private Role FollowingRole => Configuration.IsVoter(Id) ? Role.Follower : Role.Learner;

    /// <summary>Whether there is nobody whose leadership a wait for the election timeout could respect.</summary>
    private bool IsOnlyVoter => !Configuration.IsJoint && Configuration.Voters is [var voter] && voter == Id;

    /// <summary>
    /// Log writes are out and none has completed for an election timeout. Such a server must not lead, or heartbeats
    /// would keep a leader in office that can commit nothing.
    /// </summary>
    private bool IsDiskStalled =>
#if QUORATE_MUTANTS
        !Mutants.Is(Mutant.HeartbeatsWhileDiskHangs) &&
#endif
        _writes.AreStalledFor(_options.ElectionTimeoutTicks);

    /// <summary>The configuration that was in effect at an index from the newest snapshot's on: what a snapshot taken there must carry.</summary>
    public Configuration ConfigurationAt(long index) => _configurations.At(index);

    /// <summary>One tick of time has passed.</summary>
    public void Tick()
    {
        _writes.Tick();
        if (IsLeader)
        {
            TickLeader();
            return;
        }

        TickForwardedReads();
        _electionTimer.Tick();
        if (_electionTimer.HasExpired || (Role == Role.Follower && IsOnlyVoter))
        {
            ElectionTimeoutPassed();
        }
    }

    /// <summary>A message has arrived. One that is not for this server, or malformed, is ignored.</summary>
    public void Step(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.To != Id || message.From == Id || message.From.IsNone)
        {
            return;
        }

        // A pre-vote names a term that nobody is in, so the rules on terms do not concern it (thesis §9.6).
        if (message is RequestPreVote preVote)
        {
            HandleRequestPreVote(preVote);
            return;
        }

        if (message is RequestPreVoteReply { VoteGranted: true } granted)
        {
            HandlePreVoteGranted(granted);
            return;
        }

        if (message.Term < CurrentTerm)
        {
            RefuseOldTerm(message);
            return;
        }

        if (message.Term > CurrentTerm)
        {
            // A server that hears its leader protects it: it does not even take note of the term (thesis §4.2.3).
            if (message is RequestVote { LeadershipTransfer: false } && IsLeaderProtectedFrom(message.From))
            {
                return;
            }

            BecomeFollower(message.Term, leader: MemberId.None);
        }

        Dispatch(message);
    }

    /// <summary>A write batch is flushed; <paramref name="mark"/> is the <see cref="RaftOutput.Mark"/> it came with.</summary>
    /// <exception cref="InvalidOperationException">No such batch was handed out, or it was reported already.</exception>
    public void Written(WriteMark mark)
    {
        _writes.Completed(mark);
        if (Role == Role.Candidate)
        {
            CountOwnVote();
        }
        else if (IsLeader)
        {
            AdvanceCommitIndex();
        }
    }

    private void Dispatch(Message message)
    {
        switch (message)
        {
            case AppendEntries append:
                HandleAppendEntries(append);
                break;
            case AppendEntriesReply reply:
                HandleAppendEntriesReply(reply);
                break;
            case RequestVote request:
                HandleRequestVote(request);
                break;
            case RequestVoteReply reply:
                HandleRequestVoteReply(reply);
                break;
            case RequestPreVoteReply reply:
                HandlePreVoteRefused(reply);
                break;
            case InstallSnapshot install:
                HandleInstallSnapshot(install);
                break;
            case InstallSnapshotReply reply:
                HandleInstallSnapshotReply(reply);
                break;
            case TimeoutNow timeoutNow:
                HandleTimeoutNow(timeoutNow);
                break;
            case ReadIndexRequest request:
                HandleReadIndexRequest(request);
                break;
            case ReadIndexReply reply:
                HandleReadIndexReply(reply);
                break;
        }
    }

    /// <summary>Tells the sender of an older term about the newer one (spec R5). An answer of an older term is of no interest to anybody.</summary>
    private void RefuseOldTerm(Message message)
    {
        switch (message)
        {
            case AppendEntries append:
                Send(new AppendEntriesReply { From = Id, To = append.From, Term = CurrentTerm, Success = false, Previous = append.Previous });
                break;
            case InstallSnapshot install:
                Send(new InstallSnapshotReply { From = Id, To = install.From, Term = CurrentTerm, LastIncluded = install.Snapshot.LastIncluded, NextOffset = 0 });
                break;
            case RequestVote request:
                Send(new RequestVoteReply { From = Id, To = request.From, Term = CurrentTerm, VoteGranted = false });
                break;
            case ReadIndexRequest request:
                Send(new ReadIndexReply { From = Id, To = request.From, Term = CurrentTerm, RequestId = request.RequestId, Status = ReadStatus.NoLeader });
                break;
        }
    }

    /// <summary>Any role → follower: of a newer term, or of a leader or nobody in this one (spec R2).</summary>
    /// <remarks>The vote is forgotten with the term only; stepping down within a term keeps it (spec R4).</remarks>
    private void BecomeFollower(long term, MemberId leader)
    {
        bool wasLeader = IsLeader;
        if (term > CurrentTerm)
        {
            EnterTerm(term, vote: MemberId.None);
        }

#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.VoteForgottenOnStepDown) && Role != FollowingRole)
        {
            VotedFor = MemberId.None;
        }
#endif
        Role = FollowingRole;
        if (wasLeader)
        {
            StopLeading();
        }

        FollowLeader(leader);
    }

    /// <summary>Term and vote change together, and are written together (paper figure 2, persistent state).</summary>
    private void EnterTerm(long term, MemberId vote)
    {
        CurrentTerm = term;
        VotedFor = vote;

        // What waits for the next write was said in the old term, and that write may no longer hold what it promises.
        _pending.MessagesOnceDurable.Clear();
    }

    private void FollowLeader(MemberId leader)
    {
        if (LeaderId == leader)
        {
            return;
        }

        // An answer of the earlier leader would not be taken any more.
        _forwardedReads.RefuseAll(_pending.Reads);
        LeaderId = leader;
        if (leader.IsNone)
        {
            _electionTimer.LeaderLost();
        }
    }

    private void ConfigurationChanged()
    {
        _quorum = new Quorum(_configurations.Latest);
        if (Role is Role.Follower or Role.Learner)
        {
            Role = FollowingRole;
        }
    }
}
