namespace Quorate.Raft.Tests.Labs;

/// <summary>MIT 6.5840, part 3A: leader election.</summary>
public sealed class Part3AElectionTests
{
    [Fact]
    public void Initial_election()
    {
        var lab = new Lab(servers: 3, seed: 3101);
        int leader = lab.CheckOneLeader();
        lab.Run(5);
        long term = lab.CheckTerms();
        term.ShouldBeGreaterThanOrEqualTo(1);

        // Without a failure neither the term nor the leader changes.
        lab.Run(2 * Lab.ElectionTicks);
        lab.CheckTerms().ShouldBe(term);
        lab.CheckOneLeader().ShouldBe(leader);
    }

    [Fact]
    public void Re_election_after_network_failure()
    {
        var lab = new Lab(servers: 3, seed: 3102);
        int first = lab.CheckOneLeader();

        // The leader disconnects: a new one is elected.
        lab.Disconnect(first);
        lab.Run(Lab.ElectionTicks);
        int second = lab.CheckOneLeader();
        second.ShouldNotBe(first);

        // The old one rejoins: that does not disturb the new one.
        lab.Connect(first);
        lab.Run(Lab.ElectionTicks);
        lab.CheckOneLeader().ShouldBe(second);

        // Without a quorum there is no new leader.
        lab.Disconnect(second);
        lab.Disconnect(lab.After(second));
        lab.Run(2 * Lab.ElectionTicks);
        lab.CheckNoLeader();
        lab.IsLeader(second).ShouldBeFalse("a leader without a majority steps down (spec E5)");

        // With a quorum there is.
        lab.Connect(lab.After(second));
        lab.CheckOneLeader();

        // The last one rejoins: there is still one.
        lab.Connect(second);
        lab.Run(Lab.ElectionTicks);
        lab.CheckOneLeader();
        lab.CheckTerms();
    }

    [Fact]
    public void Multiple_elections()
    {
        var lab = new Lab(servers: 7, seed: 3103);
        lab.CheckOneLeader();
        for (int i = 0; i < 10; i++)
        {
            int[] away = [lab.Random.Next(1, 8), lab.Random.Next(1, 8), lab.Random.Next(1, 8)];
            foreach (int id in away)
            {
                lab.Disconnect(id);
            }

            // Either the leader is still there, or the four that are left elect one.
            lab.Run(Lab.ElectionTicks);
            lab.CheckOneLeader();
            foreach (int id in away)
            {
                lab.Connect(id);
            }
        }

        lab.Run(Lab.ElectionTicks);
        lab.CheckOneLeader();
        lab.CheckTerms();
    }
}
