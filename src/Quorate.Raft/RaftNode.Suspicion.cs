using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <content>
/// What a broken connection says of the leader (docs/decisions/0013-a-broken-connection-is-evidence.md). It is a hint to the failure
/// detector and no more: nothing is promised, voted or committed on its ground.
/// </content>
public sealed partial class RaftNode
{
    /// <summary>
    /// The leader whose connection has ended and that was not heard since; none otherwise. No answer is expected of it, so
    /// an election that only its vote could still save is lost at once.
    /// </summary>
    private MemberId _suspectedLeader;

    /// <summary>
    /// The last pre-vote refused for the leader's sake since it was heard. Members do not hear at the same moment that a
    /// leader's process has ended: whoever hears it last gives the answer again that it would give now.
    /// </summary>
    private RequestPreVote? _refusedForLeader;

    /// <summary>Whether the leader that it knows is suspected to be gone: what is sent to it is probably lost.</summary>
    public bool SuspectsLeader => !LeaderId.IsNone && LeaderId == _suspectedLeader;

    /// <summary>
    /// From one member's turn to stand to the next one's: half a heartbeat interval. A request for a vote is with the next
    /// member by then if a round trip fits a heartbeat interval, as it should, so the two do not split the vote. Two
    /// ticks at least, as the first may come at once.
    /// </summary>
    private int TurnTicks => Math.Max(2, _options.HeartbeatTicks / 2);

    /// <summary>
    /// The connection by which a member's messages came has ended, and all that came by it has been handed in. Of a leader
    /// it says that its process has probably ended: it is no longer protected from candidates (thesis §4.2.3, §9.6), and
    /// this server asks for pre-votes when its turn comes. Whoever still hears the leader refuses, so a connection that
    /// broke by itself deposes nobody; the leader's next message takes the suspicion back.
    /// </summary>
    public void ConnectionLost(MemberId peer)
    {
        if (!_options.SuspectsLeaderOnLostConnection || IsLeader || peer.IsNone || peer != LeaderId)
        {
            return;
        }

        _suspectedLeader = peer;
        _electionTimer.LeaderSuspected(TurnAfter(peer) * TurnTicks);
        if (_refusedForLeader is { } request)
        {
            _refusedForLeader = null;
            HandleRequestPreVote(request);
        }

        if (Role == Role.Follower && _electionTimer.HasExpired)
        {
            ElectionTimeoutPassed();
        }
    }

    /// <summary>
    /// How many voters stand before this server when a leader is gone: in order of id, beginning after the leader's. The
    /// paper gave up ranks for random timeouts (§5.2), as a low rank would have to wait for the failure of all above it;
    /// here a turn is short, and after the turns come random timeouts.
    /// </summary>
    private int TurnAfter(MemberId leader)
    {
        int turn = 0;
        foreach (MemberId member in Configuration.Members)
        {
            if (member != Id && member != leader && Configuration.IsVoter(member) && IsBefore(member, Id, leader))
            {
                turn++;
            }
        }

        return turn;
    }

    /// <summary>In the circle of ids that begins after the leader's.</summary>
    private static bool IsBefore(MemberId one, MemberId other, MemberId leader) =>
        one.Value - leader.Value < other.Value - leader.Value;

    /// <summary>
    /// An election begins: what is known of the answers before any has come. Only while it hurries: the member may be
    /// back by the next election, and its vote needed.
    /// </summary>
    private void BeginTally()
    {
        _tally.Begin();
        if (!_suspectedLeader.IsNone && _electionTimer.IsHurried)
        {
            _tally.Record(_suspectedLeader, granted: false);
        }
    }
}
