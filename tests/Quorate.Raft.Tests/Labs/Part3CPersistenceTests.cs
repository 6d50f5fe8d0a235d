namespace Quorate.Raft.Tests.Labs;

/// <summary>MIT 6.5840, part 3C: persistence.</summary>
public sealed class Part3CPersistenceTests
{
    private const int FigureEightRounds = 300;
    private const int ChurnRounds = 60;

    [Fact]
    public void Basic_persistence()
    {
        var lab = new Lab(servers: 3, seed: 3301);
        lab.Agree("11", servers: 3);

        // All crash and restart.
        foreach (int id in lab.Ids)
        {
            lab.Crash(id);
        }

        foreach (int id in lab.Ids)
        {
            lab.Restart(id);
        }

        lab.Agree("12", servers: 3);

        int first = lab.CheckOneLeader();
        lab.Crash(first);
        lab.Restart(first);
        lab.Agree("13", servers: 3);

        int second = lab.CheckOneLeader();
        lab.Crash(second);
        lab.Agree("14", servers: 2);
        lab.Restart(second);
        lab.Agree("15", servers: 3);

        int follower = lab.After(lab.CheckOneLeader());
        lab.Crash(follower);
        lab.Agree("16", servers: 2);
        lab.Restart(follower);
        lab.Agree("17", servers: 3);
        lab.CheckNothingLost();
        lab.Cluster.Servers[0].State.Commands.ShouldBe(["11", "12", "13", "14", "15", "16", "17"]);
    }

    [Fact]
    public void More_persistence()
    {
        var lab = new Lab(servers: 5, seed: 3302);
        int value = 10;
        for (int i = 0; i < 5; i++)
        {
            lab.Agree($"{value++}", servers: 5);
            int leader = lab.CheckOneLeader();
            lab.Crash(lab.After(leader));
            lab.Crash(lab.After(leader, 2));
            lab.Agree($"{value++}", servers: 3);
            lab.Crash(leader);
            lab.Crash(lab.After(leader, 3));
            lab.Crash(lab.After(leader, 4));
            lab.Restart(lab.After(leader));
            lab.Restart(lab.After(leader, 2));
            lab.Run(Lab.ElectionTicks);
            lab.Restart(lab.After(leader, 3));
            lab.CheckOneLeader();
            lab.Restart(lab.After(leader, 4));
            lab.Restart(leader);
        }

        lab.Agree("1000", servers: 5);
        lab.CheckNothingLost();
    }

    [Fact]
    public void Partitioned_leader_and_one_follower_crash_leader_restarts()
    {
        var lab = new Lab(servers: 3, seed: 3303);
        lab.Agree("101", servers: 3);
        int leader = lab.CheckOneLeader();
        lab.Disconnect(lab.After(leader, 2));
        lab.Agree("102", servers: 2);
        lab.Crash(leader);
        lab.Crash(lab.After(leader));
        lab.Connect(lab.After(leader, 2));
        lab.Restart(leader);
        lab.Agree("103", servers: 2);
        lab.Restart(lab.After(leader));
        lab.Agree("104", servers: 3);
        lab.CheckNothingLost();
    }

    [Fact]
    public void Figure_8()
    {
        var lab = new Lab(servers: 5, seed: 3304);
        lab.Agree("first", servers: 1);
        for (int i = 0; i < FigureEightRounds; i++)
        {
            int? leader = null;
            foreach (int id in lab.Ids)
            {
                if (lab.IsUp(id) && lab.Cluster.Propose(id, $"{i} at {id}").Status == ProposeStatus.Accepted)
                {
                    leader = id;
                }
            }

            lab.Run(lab.Random.Next(10) == 0 ? lab.Random.Next(20) : lab.Random.Next(2));
            if (leader is { } crashed)
            {
                lab.Crash(crashed);
            }

            if (lab.Ids.Count(lab.IsUp) < 3)
            {
                int id = lab.Random.Next(1, 6);
                if (!lab.IsUp(id))
                {
                    lab.Restart(id);
                }
            }

            lab.Run(lab.Random.Next(25));
        }

        foreach (int id in lab.Ids.Where(id => !lab.IsUp(id)))
        {
            lab.Restart(id);
        }

        lab.Agree("last", servers: 5);
        lab.CheckNothingLost();
    }

    [Fact]
    public void Unreliable_agreement()
    {
        var lab = new Lab(servers: 5, seed: 3305, unreliable: true);
        for (int i = 1; i < 50; i++)
        {
            int leader = lab.CheckOneLeader();
            for (int j = 0; j < 4; j++)
            {
                lab.Cluster.Propose(leader, $"{i} {j}");
            }

            lab.Agree($"{i}", servers: 1);
        }

        lab.Cluster.Network.Weather = Harness.NetworkWeather.Calm;
        lab.Agree("100", servers: 5);
        lab.CheckNothingLost();
    }

    [Fact]
    public void Figure_8_unreliable()
    {
        var lab = new Lab(servers: 5, seed: 3306, unreliable: true);
        lab.Agree("first", servers: 1);
        for (int i = 0; i < FigureEightRounds; i++)
        {
            if (i == FigureEightRounds / 5)
            {
                lab.ReorderLong();
            }

            int? leader = null;
            foreach (int id in lab.Ids)
            {
                if (lab.Cluster.Propose(id, $"{i} at {id}").Status == ProposeStatus.Accepted && lab.IsConnected(id))
                {
                    leader = id;
                }
            }

            lab.Run(lab.Random.Next(10) == 0 ? lab.Random.Next(20) : lab.Random.Next(3));
            if (leader is { } away && lab.Random.Next(2) == 0)
            {
                lab.Disconnect(away);
            }

            if (lab.Ids.Count(lab.IsConnected) < 3)
            {
                int id = lab.Random.Next(1, 6);
                if (!lab.IsConnected(id))
                {
                    lab.Connect(id);
                }
            }
        }

        foreach (int id in lab.Ids.Where(id => !lab.IsConnected(id)))
        {
            lab.Connect(id);
        }

        lab.Agree("last", servers: 5);
        lab.CheckNothingLost();
    }

    [Fact]
    public void Churn() => RunChurn(new Lab(servers: 5, seed: 3307));

    [Fact]
    public void Unreliable_churn() => RunChurn(new Lab(servers: 5, seed: 3308, unreliable: true));

    private static void RunChurn(Lab lab)
    {
        for (int i = 0; i < ChurnRounds; i++)
        {
            if (lab.Random.Next(100) < 20)
            {
                lab.Disconnect(lab.Random.Next(1, 6));
            }

            if (lab.Random.Next(100) < 50)
            {
                int id = lab.Random.Next(1, 6);
                if (!lab.IsUp(id))
                {
                    lab.Restart(id);
                }

                lab.Connect(id);
            }

            if (lab.Random.Next(100) < 20)
            {
                int id = lab.Random.Next(1, 6);
                if (lab.IsUp(id))
                {
                    lab.Crash(id);
                }
            }

            // Three clients that try every server until one takes the command.
            for (int tick = 0; tick < 15; tick++)
            {
                for (int client = 0; client < 3; client++)
                {
                    int id = lab.Random.Next(1, 6);
                    if (lab.IsUp(id))
                    {
                        lab.Cluster.Propose(id, $"client {client} command {i} {tick}");
                    }
                }

                lab.Run(1);
            }
        }

        lab.Cluster.Proposals.Count(proposal => proposal.Acknowledged).ShouldBeGreaterThan(50, "the churn must let something through");
        foreach (int id in lab.Ids)
        {
            if (!lab.IsUp(id))
            {
                lab.Restart(id);
            }

            lab.Connect(id);
        }

        lab.Agree("last", servers: 5);
        lab.CheckNothingLost();
    }
}
