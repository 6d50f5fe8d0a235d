namespace Quorate.Raft.Tests.Labs;

/// <summary>MIT 6.5840, part 3B: the log.</summary>
public sealed class Part3BLogTests
{
    [Fact]
    public void Basic_agreement()
    {
        var lab = new Lab(servers: 3, seed: 3201);
        lab.CheckOneLeader();
        lab.Run(5);
        for (int i = 1; i <= 3; i++)
        {
            lab.Committed($"{i}00").ShouldBe(0, "nothing is committed before it is proposed");

            // Index one is the no-op of the first leader (spec C2).
            lab.Agree($"{i}00", servers: 3, retry: false).ShouldBe(i + 1);
        }
    }

    [Fact]
    public void Rpc_byte_count()
    {
        const int CommandBytes = 5000;
        var lab = new Lab(servers: 3, seed: 3202);
        lab.Agree("99", servers: 3, retry: false);
        long before = lab.Cluster.Network.CommandBytesSent;
        for (int i = 0; i < 10; i++)
        {
            lab.Agree($"{i}".PadRight(CommandBytes, 'x'), servers: 3, retry: false);
        }

        // Each command goes to each follower once.
        (lab.Cluster.Network.CommandBytesSent - before).ShouldBe(2 * 10 * CommandBytes);
    }

    [Fact]
    public void Progressive_failure_of_followers()
    {
        var lab = new Lab(servers: 3, seed: 3203);
        lab.Agree("101", servers: 3, retry: false);
        int first = lab.CheckOneLeader();
        lab.Disconnect(lab.After(first));
        lab.Agree("102", servers: 2, retry: false);
        lab.Run(Lab.ElectionTicks);
        lab.Agree("103", servers: 2, retry: false);

        int second = lab.CheckOneLeader();
        lab.Disconnect(lab.After(second));
        lab.Disconnect(lab.After(second, 2));
        ProposeResult result = lab.Cluster.Propose(second, "104");
        result.Status.ShouldBe(ProposeStatus.Accepted);
        result.Position.Index.ShouldBe(5);
        lab.Run(2 * Lab.ElectionTicks);
        lab.Committed("104").ShouldBe(0);
    }

    [Fact]
    public void Failure_of_leaders()
    {
        var lab = new Lab(servers: 3, seed: 3204);
        lab.Agree("101", servers: 3, retry: false);
        int first = lab.CheckOneLeader();
        lab.Disconnect(first);
        lab.Agree("102", servers: 2);
        lab.Run(Lab.ElectionTicks);
        lab.Agree("103", servers: 2);

        int second = lab.CheckOneLeader();
        lab.Disconnect(second);
        foreach (int id in lab.Ids)
        {
            lab.Cluster.Propose(id, "104");
        }

        lab.Run(2 * Lab.ElectionTicks);
        lab.Committed("104").ShouldBe(0);
    }

    [Fact]
    public void Agreement_after_follower_reconnects()
    {
        var lab = new Lab(servers: 3, seed: 3205);
        lab.Agree("101", servers: 3, retry: false);
        int follower = lab.After(lab.CheckOneLeader());
        lab.Disconnect(follower);
        lab.Agree("102", servers: 2, retry: false);
        lab.Agree("103", servers: 2, retry: false);
        lab.Run(Lab.ElectionTicks);
        lab.Agree("104", servers: 2, retry: false);
        lab.Agree("105", servers: 2, retry: false);

        lab.Connect(follower);
        lab.Agree("106", servers: 3);
        lab.Run(Lab.ElectionTicks);
        lab.Agree("107", servers: 3);
        lab.CheckNothingLost();
    }

    [Fact]
    public void No_agreement_if_too_many_followers_disconnect()
    {
        var lab = new Lab(servers: 5, seed: 3206);
        lab.Agree("10", servers: 5, retry: false);
        int leader = lab.CheckOneLeader();
        int[] away = [lab.After(leader), lab.After(leader, 2), lab.After(leader, 3)];
        foreach (int id in away)
        {
            lab.Disconnect(id);
        }

        ProposeResult lost = lab.Cluster.Propose(leader, "20");
        lost.Status.ShouldBe(ProposeStatus.Accepted);
        lost.Position.Index.ShouldBe(3);
        lab.Run(2 * Lab.ElectionTicks);
        lab.Committed("20").ShouldBe(0);

        foreach (int id in away)
        {
            lab.Connect(id);
        }

        // Those that were away may have elected a leader of their own, which may not know of 20; so it may or may not survive.
        lab.CheckOneLeader();
        lab.Agree("1000", servers: 5);
        lab.CheckNothingLost();
    }

    [Fact]
    public void Concurrent_starts()
    {
        var lab = new Lab(servers: 3, seed: 3207);
        int leader = lab.CheckOneLeader();
        long[] indexes = [.. Enumerable.Range(1, 5).Select(i => lab.Cluster.Propose(leader, $"{100 + i}").Position.Index)];
        indexes.ShouldBe([2, 3, 4, 5, 6]);
        lab.Run(5);
        for (int i = 1; i <= 5; i++)
        {
            lab.Committed(i + 1, $"{100 + i}").ShouldBe(3);
        }
    }

    [Fact]
    public void Rejoin_of_partitioned_leader()
    {
        var lab = new Lab(servers: 3, seed: 3208);
        lab.Agree("101", servers: 3);
        int first = lab.CheckOneLeader();
        lab.Disconnect(first);
        lab.Cluster.Propose(first, "102");
        lab.Cluster.Propose(first, "103");
        lab.Cluster.Propose(first, "104");

        // A new leader commits at the same index.
        lab.Agree("103'", servers: 2);
        int second = lab.CheckOneLeader();
        lab.Disconnect(second);
        lab.Connect(first);
        lab.Agree("104'", servers: 2);
        lab.Connect(second);
        lab.Agree("105", servers: 3);
        lab.Cluster.Servers.ShouldAllBe(server => !server.State.Commands.Contains("102"));
        lab.CheckNothingLost();
    }

    [Fact]
    public void Leader_backs_up_quickly_over_incorrect_follower_logs()
    {
        const int Many = 50;
        var lab = new Lab(servers: 5, seed: 3209);
        lab.Agree("first", servers: 5);

        // A leader and one follower gather what will not be committed.
        int first = lab.CheckOneLeader();
        int[] others = [lab.After(first, 2), lab.After(first, 3), lab.After(first, 4)];
        foreach (int id in others)
        {
            lab.Disconnect(id);
        }

        for (int i = 0; i < Many; i++)
        {
            lab.Cluster.Propose(first, $"lost {i}");
        }

        lab.Run(5);
        lab.Disconnect(first);
        lab.Disconnect(lab.After(first));

        // The three others agree on much.
        foreach (int id in others)
        {
            lab.Connect(id);
        }

        for (int i = 0; i < Many; i++)
        {
            lab.Agree($"kept {i}", servers: 3);
        }

        // The leader of the three, with one of them away, gathers more that is lost.
        int second = lab.CheckOneLeader();
        int other = others.First(id => id != second);
        lab.Disconnect(other);
        for (int i = 0; i < Many; i++)
        {
            lab.Cluster.Propose(second, $"lost too {i}");
        }

        lab.Run(5);

        // The first leader and its follower come back, with the one that was away.
        foreach (int id in lab.Ids)
        {
            lab.Disconnect(id);
        }

        lab.Connect(first);
        lab.Connect(lab.After(first));
        lab.Connect(other);
        long before = lab.Cluster.Network.RequestsSent;
        for (int i = 0; i < Many; i++)
        {
            lab.Agree($"kept later {i}", servers: 3);
        }

        foreach (int id in lab.Ids)
        {
            lab.Connect(id);
        }

        lab.Agree("last", servers: 5);
        lab.CheckNothingLost();
        lab.Cluster.Servers[0].State.Commands.Count(command => command.StartsWith("lost", StringComparison.Ordinal)).ShouldBe(0);
        lab.Cluster.Network.RequestsSent.ShouldBeGreaterThan(before);
    }

    [Fact]
    public void Rpc_counts_are_not_too_high()
    {
        const int Commands = 10;
        var lab = new Lab(servers: 3, seed: 3210);
        int leader = lab.CheckOneLeader();
        lab.Cluster.Network.RequestsSent.ShouldBeLessThan(30, "too many requests to elect the first leader");

        lab.Run(5);
        long before = lab.Cluster.Network.RequestsSent;
        for (int i = 0; i < Commands; i++)
        {
            lab.Cluster.Propose(leader, $"{i}");
        }

        lab.Run(1);
        lab.Committed($"{Commands - 1}").ShouldBe(3);
        (lab.Cluster.Network.RequestsSent - before).ShouldBeLessThan((Commands + 1 + 3) * 3, "too many requests to agree");

        before = lab.Cluster.Network.RequestsSent;
        lab.Run(20);
        (lab.Cluster.Network.RequestsSent - before).ShouldBe(20 * 2, "an idle leader sends one heartbeat a tick to each follower");
    }
}
