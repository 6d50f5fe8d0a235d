using Quorate.Raft;
using Quorate.Replica.Wire;

namespace Quorate.Simulation.Checking;

/// <summary>
/// Each server will vote for at most one candidate in a given term (paper §5.2), also across crashes: what counts is what
/// it has told, be it by granting a vote or by asking for votes, which tells that it votes for itself.
/// </summary>
public sealed class VoteOnce : IFrameObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "one vote a term";

    private readonly Dictionary<(MemberId Voter, long Term), MemberId> _votes = [];

    /// <inheritdoc/>
    public void FrameSent(SimulatedMember sender, in FrameSummary frame)
    {
        MemberId candidate = frame.Kind switch
        {
            FrameKind.RequestVote => frame.From,
            FrameKind.RequestVoteReply when frame.Granted == true => frame.To,
            _ => MemberId.None,
        };
        if (candidate.IsNone || _votes.TryAdd((frame.From, frame.Term), candidate) || _votes[(frame.From, frame.Term)] == candidate)
        {
            return;
        }

        throw new PropertyViolatedException(
            Property, $"member {frame.From} has voted for {_votes[(frame.From, frame.Term)]} in term {frame.Term}, and now for {candidate}");
    }
}
