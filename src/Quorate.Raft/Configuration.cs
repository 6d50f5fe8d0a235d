using System.Collections.Immutable;

namespace Quorate.Raft;

/// <summary>
/// Who is in the cluster. While <see cref="OutgoingVoters"/> is not empty the configuration is joint
/// (paper §6): every decision needs a majority of both sets.
/// </summary>
/// <remarks>Members are in order of id, so that whatever walks them is deterministic.</remarks>
public sealed class Configuration
{
    /// <summary>Creates a configuration; the sets are sorted and must not overlap as a learner and a voter.</summary>
    public Configuration(
        IEnumerable<MemberId> voters,
        IEnumerable<MemberId>? learners = null,
        IEnumerable<MemberId>? outgoingVoters = null)
    {
        Voters = [.. voters.Distinct().Order()];
        Learners = [.. (learners ?? []).Distinct().Order()];
        OutgoingVoters = [.. (outgoingVoters ?? []).Distinct().Order()];
        Members = [.. Voters.Concat(OutgoingVoters).Concat(Learners).Distinct().Order()];
        foreach (MemberId learner in Learners)
        {
            if (Voters.Contains(learner) || OutgoingVoters.Contains(learner))
            {
                throw new ArgumentException($"member {learner} is both a learner and a voter", nameof(learners));
            }
        }
    }

    /// <summary>Members with a vote.</summary>
    public ImmutableArray<MemberId> Voters { get; }

    /// <summary>Voters of the configuration being left; empty unless joint.</summary>
    public ImmutableArray<MemberId> OutgoingVoters { get; }

    /// <summary>Members that get the log but have no vote and count in no majority (spec M3).</summary>
    public ImmutableArray<MemberId> Learners { get; }

    /// <summary>Everybody, once.</summary>
    public ImmutableArray<MemberId> Members { get; }

    /// <summary>Whether two majorities are needed.</summary>
    public bool IsJoint => !OutgoingVoters.IsEmpty;

    /// <summary>Whether the member has a vote, in either set.</summary>
    public bool IsVoter(MemberId member) => Voters.Contains(member) || OutgoingVoters.Contains(member);
}
