using Quorate.Raft;
using Quorate.Replica.Wire;

namespace Quorate.Simulation.Checking;

/// <summary>
/// The voter denies its vote if its own log is more up-to-date than that of the candidate (paper §5.4.1), and in the same
/// way its pre-vote, so that a server that cannot win raises no term (thesis §9.6).
/// </summary>
/// <remarks>
/// An answer may wait for the disk, and the voter's log may grow meanwhile. So the candidate's log is compared with what
/// the voter had when it gave its vote. Of a pre-vote nothing is kept, so it is compared with the least that the voter had since
/// it entered the term that it is in, unless it did so only a moment ago: an answer from before may still have been on its
/// way out. One event may bring several messages, so "when" is before the event. (Within a term a log mostly becomes more
/// up-to-date, but not where the leader's entries replace later ones a message at a time, and the leader is gone after the first.)
/// </remarks>
public sealed class VoterRestraint(SimulatedWorld world) : IFrameObserver, IReplicaObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "restraint of voters";

    /// <summary>What a candidate said of its log, by term and whether it was a pre-vote.</summary>
    private readonly Dictionary<(MemberId Candidate, long Term, bool IsPreVote), LogPosition> _asked = [];

    /// <summary>Far longer than a loop takes to come round.</summary>
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(5);

    private readonly Seen[] _seen = new Seen[world.Members.Count];

    /// <inheritdoc/>
    public void Changed(SimulatedMember member, RaftNode node)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(node);
        ref Seen seen = ref _seen[(int)member.Id.Value - 1];
        bool isNewLife = seen.Life != member.Life;
        LogPosition before = isNewLife ? node.LastLog : seen.LastLog;
        if (isNewLife || seen.Entered.Term != node.CurrentTerm)
        {
            seen.Entered = new Entered(node.CurrentTerm, world.Now, before);
        }
        else if (!IsAtLeastAsUpToDate(node.LastLog, seen.Entered.Log))
        {
            seen.Entered = seen.Entered with { Log = node.LastLog };
        }

        if (isNewLife || seen.Voted.Term != node.CurrentTerm || seen.Voted.Candidate != node.VotedFor)
        {
            // A vote from an earlier life was given to a log that may have grown since, and is given again when asked for again.
            seen.Voted = new Voted(node.CurrentTerm, node.VotedFor, isNewLife ? LogPosition.Start : before);
        }

        seen.Life = member.Life;
        seen.LastLog = node.LastLog;
    }

    /// <inheritdoc/>
    public void FrameSent(SimulatedMember sender, in FrameSummary frame)
    {
        ArgumentNullException.ThrowIfNull(sender);
        switch (frame.Kind)
        {
            case FrameKind.RequestVote or FrameKind.RequestPreVote:
                // A pre-candidate may ask again for the same term with a longer log.
                _asked[(frame.From, frame.Term, frame.Kind == FrameKind.RequestPreVote)] = frame.LastLog!.Value;
                break;
            case FrameKind.RequestVoteReply when frame.Granted == true:
                (int life, Voted voted) = (_seen[(int)sender.Id.Value - 1].Life, _seen[(int)sender.Id.Value - 1].Voted);
                if (life == sender.Life && voted.Term == frame.Term && voted.Candidate == frame.To)
                {
                    Require(frame, voted.Log, isPreVote: false);
                }

                break;
            case FrameKind.RequestPreVoteReply when frame.Granted == true && sender.Replica is { } replica:
                (int living, Entered entered) = (_seen[(int)sender.Id.Value - 1].Life, _seen[(int)sender.Id.Value - 1].Entered);
                if (living == sender.Life && entered.Term == replica.Algorithm.CurrentTerm && entered.Term < frame.Term
                    && world.Now - entered.At > s_moment && sender.PausedUntil < entered.At)
                {
                    Require(frame, entered.Log, isPreVote: true);
                }

                break;
        }
    }

    private void Require(in FrameSummary frame, LogPosition voter, bool isPreVote)
    {
        if (_asked.TryGetValue((frame.To, frame.Term, isPreVote), out LogPosition candidate) && !IsAtLeastAsUpToDate(candidate, voter))
        {
            throw new PropertyViolatedException(
                Property, $"member {frame.From}, whose log ended at {voter}, grants a {(isPreVote ? "pre-vote" : "vote")} of term {frame.Term} to {frame.To}, whose log ends at {candidate}");
        }
    }

    private readonly record struct Voted(long Term, MemberId Candidate, LogPosition Log);

    private readonly record struct Entered(long Term, TimeSpan At, LogPosition Log);

    private struct Seen
    {
        public int Life;
        public LogPosition LastLog;
        public Voted Voted;
        public Entered Entered;
    }

    /// <summary>In its own words, since it checks the words of the algorithm: later term, or same term and no shorter.</summary>
    private static bool IsAtLeastAsUpToDate(LogPosition candidate, LogPosition voter) =>
        candidate.Term != voter.Term ? candidate.Term > voter.Term : candidate.Index >= voter.Index;
}
