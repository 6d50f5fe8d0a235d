namespace Quorate.Raft.Tests.Quorums;

/// <summary>What a majority is, by trying everything: the twin that the real one is compared with.</summary>
public static class NaiveQuorum
{
    /// <summary>Whether the members contain more than half of each set of voters.</summary>
    public static bool IsQuorum(Configuration configuration, IReadOnlySet<MemberId> members) =>
        HasMajority(configuration.Voters, members)
        && (configuration.OutgoingVoters.IsEmpty || HasMajority(configuration.OutgoingVoters, members));

    /// <summary>Won if those who granted are a majority; lost if they were not even if all who are silent granted.</summary>
    public static VoteResult Tally(Configuration configuration, IReadOnlyDictionary<MemberId, bool> votes)
    {
        HashSet<MemberId> granted = [.. votes.Where(vote => vote.Value).Select(vote => vote.Key)];
        HashSet<MemberId> possible = [.. configuration.Members.Where(member => !votes.TryGetValue(member, out bool vote) || vote)];
        return IsQuorum(configuration, granted) ? VoteResult.Won
            : IsQuorum(configuration, possible) ? VoteResult.Pending
            : VoteResult.Lost;
    }

    /// <summary>The highest index for which those who hold it are a majority, tried one after the other.</summary>
    public static long MajorityIndex(Configuration configuration, IReadOnlyDictionary<MemberId, long> matchIndex)
    {
        long index = 0;
        while (IsQuorum(configuration, matchIndex.Where(match => match.Value > index).Select(match => match.Key).ToHashSet()))
        {
            index++;
        }

        return index;
    }

    private static bool HasMajority(IReadOnlyCollection<MemberId> voters, IReadOnlySet<MemberId> members) =>
        2 * voters.Count(members.Contains) > voters.Count;
}
