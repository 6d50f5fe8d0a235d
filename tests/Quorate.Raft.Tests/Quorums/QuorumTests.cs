namespace Quorate.Raft.Tests.Quorums;

/// <summary>The quorum code against its naive twin: every vote of small clusters, random ones of large and joint clusters (paper §6).</summary>
public sealed class QuorumTests
{
    private const int RandomCases = 4000;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 0)]
    [InlineData(5, 0)]
    [InlineData(6, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    public void Every_possible_vote_counts_as_in_the_naive_twin(int voters, int outgoing)
    {
        // The two sets share a member where both exist.
        var configuration = new Configuration(Ids(1, voters), null, Ids(voters, outgoing));
        MemberId[] members = [.. configuration.Members];
        int combinations = (int)Math.Pow(3, members.Length);
        var quorum = new Quorum(configuration);
        for (int combination = 0; combination < combinations; combination++)
        {
            Dictionary<MemberId, bool> votes = [];
            int rest = combination;
            foreach (MemberId member in members)
            {
                if (rest % 3 != 2)
                {
                    votes.Add(member, rest % 3 == 1);
                }

                rest /= 3;
            }

            VoteResult expected = NaiveQuorum.Tally(configuration, votes);
            VoteResult actual = quorum.Tally(member => votes.TryGetValue(member, out bool vote) ? vote : null);
            if (actual != expected)
            {
                Assert.Fail($"{Text(configuration)} with votes {string.Join(' ', votes)}: {actual} instead of {expected}");
            }
        }
    }

    [Fact]
    public void Random_votes_count_as_in_the_naive_twin()
    {
        var random = new SeededRandom(1);
        for (int i = 0; i < RandomCases; i++)
        {
            Configuration configuration = RandomConfiguration(random);
            Dictionary<MemberId, bool> votes = [];
            foreach (MemberId member in configuration.Members)
            {
                if (random.Next(3) > 0)
                {
                    votes.Add(member, random.Next(2) == 0);
                }
            }

            VoteResult actual = new Quorum(configuration).Tally(member => votes.TryGetValue(member, out bool vote) ? vote : null);
            actual.ShouldBe(NaiveQuorum.Tally(configuration, votes), $"case {i}: {Text(configuration)} with {string.Join(' ', votes)}");
        }
    }

    [Fact]
    public void Random_sets_are_a_quorum_as_in_the_naive_twin()
    {
        var random = new SeededRandom(2);
        for (int i = 0; i < RandomCases; i++)
        {
            Configuration configuration = RandomConfiguration(random);
            HashSet<MemberId> members = [.. configuration.Members.Where(_ => random.Next(2) == 0)];
            new Quorum(configuration).IsQuorum(members.Contains)
                .ShouldBe(NaiveQuorum.IsQuorum(configuration, members), $"case {i}: {Text(configuration)} and {string.Join(' ', members)}");
        }
    }

    [Fact]
    public void Random_match_indexes_commit_as_in_the_naive_twin()
    {
        var random = new SeededRandom(3);
        for (int i = 0; i < RandomCases; i++)
        {
            Configuration configuration = RandomConfiguration(random);
            int range = random.Next(1, 12);
            Dictionary<MemberId, long> match = configuration.Members.ToDictionary(member => member, _ => (long)random.Next(range));
            var quorum = new Quorum(configuration);
            long actual = quorum.MajorityIndex(member => match[member]);
            actual.ShouldBe(NaiveQuorum.MajorityIndex(configuration, match), $"case {i}: {Text(configuration)} with {string.Join(' ', match)}");
            quorum.MajorityIndex(member => match[member]).ShouldBe(actual, "asked twice, it answers the same");
        }
    }

    [Fact]
    public void Two_quorums_of_one_configuration_share_a_voter()
    {
        var random = new SeededRandom(4);
        for (int i = 0; i < RandomCases; i++)
        {
            Configuration configuration = RandomConfiguration(random);
            HashSet<MemberId> left = [.. configuration.Members.Where(_ => random.Next(3) > 0)];
            HashSet<MemberId> right = [.. configuration.Members.Where(_ => random.Next(3) > 0)];
            var quorum = new Quorum(configuration);
            if (quorum.IsQuorum(left.Contains) && quorum.IsQuorum(right.Contains))
            {
                left.Intersect(right).Any(configuration.IsVoter).ShouldBeTrue($"case {i}: {Text(configuration)}");
            }
        }
    }

    private static Configuration RandomConfiguration(SeededRandom random)
    {
        List<MemberId> voters = [.. Ids(1, 9).Where(_ => random.Next(2) == 0)];
        List<MemberId> outgoing = random.Next(2) == 0 ? [] : [.. Ids(1, 9).Where(_ => random.Next(2) == 0)];
        List<MemberId> learners = [.. Ids(1, 9).Where(id => !voters.Contains(id) && !outgoing.Contains(id) && random.Next(3) == 0)];
        if (voters.Count == 0)
        {
            voters.Add(new MemberId(10));
        }

        return new Configuration(voters, learners, outgoing);
    }

    private static IEnumerable<MemberId> Ids(int first, int count) =>
        Enumerable.Range(first, count).Select(id => new MemberId((ulong)id));

    private static string Text(Configuration configuration) =>
        $"voters [{string.Join(' ', configuration.Voters)}] outgoing [{string.Join(' ', configuration.OutgoingVoters)}] " +
        $"learners [{string.Join(' ', configuration.Learners)}]";
}
