using Quorate.Paxos.Tests.Harness;
using Quorate.Raft;

namespace Quorate.Paxos.Tests;

/// <summary>Members lose their memory at any moment, and messages do what messages do.</summary>
public sealed class CrashTests
{
    private const int Values = 6;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_crash_of_any_member_before_any_event_breaks_no_promise(int victim)
    {
        int events = Run(victim, crashBefore: int.MaxValue);
        events.ShouldBeGreaterThan(100);
        for (int crashBefore = 0; crashBefore < events; crashBefore++)
        {
            Run(victim, crashBefore);
        }
    }

    [Fact]
    public void All_members_crash_together_before_any_event()
    {
        int events = Run(1, crashBefore: int.MaxValue);
        for (int crashBefore = 0; crashBefore < events; crashBefore++)
        {
            Run(victim: 0, crashBefore);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Lost_doubled_and_reordered_messages_late_flushes_and_crashes_break_no_promise(int members)
    {
        int decided = 0;
        for (ulong seed = 1; seed <= 200; seed++)
        {
            decided += Walk(members, seed);
        }

        decided.ShouldBeGreaterThan(200, "a walk that decides nothing tests nothing");
    }

    /// <summary>Two members propose; a member, or all, crash before an event and come back at once. Returns the number of events.</summary>
    private static int Run(int victim, int crashBefore)
    {
        var group = new PaxosGroup();
        bool hasCrashed = false;
        group.Before = () =>
        {
            if (hasCrashed || group.Events < crashBefore)
            {
                return;
            }

            hasCrashed = true;
            for (int member = 1; member <= 3; member++)
            {
                if (victim == 0 || member == victim)
                {
                    group.Crash(member);
                    group.Restart(member);
                }
            }
        };
        for (ulong id = 1; id <= Values; id += 2)
        {
            group.Propose(1, id);
            group.Propose(2, id + 1);
        }

        group.RunUntil(() => group.Decided >= Values, ticksMax: 100);
        int events = group.Events;
        group.Propose(3, Values + 1);
        group.RunUntil(() => group.Nodes.All(node => node!.WaitingCount == 0 && node.Learner.FirstUnknown == group.Decided + 1))
            .ShouldBeTrue($"all come to know the same after the crash of {victim} before event {crashBefore}");
        return events;
    }

    private static int Walk(int members, ulong seed)
    {
        var random = new SeededRandom(seed);
        var group = new PaxosGroup(members, seed: seed * 1000);
        ulong id = 0;
        for (int step = 0; step < 1500; step++)
        {
            int member = 1 + random.Next(members);
            int dice = random.Next(100);
            switch (dice)
            {
                case < 2:
                    group.Propose(member, ++id);
                    break;
                case < 4 when random.Next(3) == 0:
                    group.Crash(member);
                    break;
                case < 8:
                    group.Restart(member);
                    break;
                case < 12:
                    group.Tick(member);
                    break;
                case < 45:
                    group.Flush(member);
                    break;
                default:
                    Message(group, random);
                    break;
            }
        }

        for (int member = 1; member <= members; member++)
        {
            group.Restart(member);
        }

        group.RunUntil(() => group.Nodes.All(node => node!.WaitingCount == 0 && node.Learner.FirstUnknown == group.Decided + 1))
            .ShouldBeTrue($"all come to know the same; seed {seed}");
        return group.Decided;
    }

    /// <summary>Any message: it is lost, or arrives and may arrive again.</summary>
    private static void Message(PaxosGroup group, SeededRandom random)
    {
        if (group.Messages.Count == 0)
        {
            return;
        }

        int index = random.Next(Math.Min(group.Messages.Count, 12));
        switch (random.Next(10))
        {
            case 0:
                group.Messages.RemoveAt(index);
                break;
            case 1:
                group.Deliver(index, keep: true);
                break;
            default:
                group.Deliver(index);
                break;
        }
    }
}
