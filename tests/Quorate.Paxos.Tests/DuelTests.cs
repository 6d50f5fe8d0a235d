using Quorate.Paxos.Messages;
using Quorate.Paxos.Tests.Harness;

namespace Quorate.Paxos.Tests;

/// <summary>
/// Two proposers that keep each other from being heard ("Paxos Made Simple" §2.4). The network is at its worst: whatever is
/// asked in phase 2 comes after all that belongs to phase 1.
/// </summary>
public sealed class DuelTests
{
    private const int EventsMax = 20_000;

    [Fact]
    public void Without_back_off_two_proposers_preempt_each_other_for_as_long_as_one_cares_to_watch()
    {
        PaxosGroup group = Duel(backOffTicks: 0);

        group.Decided.ShouldBe(0);
        group.Events.ShouldBeGreaterThanOrEqualTo(EventsMax);
        group.Node(1).Counters.AcceptsPreempted.ShouldBeGreaterThan(100);
        group.Node(2).Counters.AcceptsPreempted.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void With_a_random_back_off_one_of_them_is_soon_through()
    {
        PaxosGroup group = Duel(backOffTicks: 2);

        group.Decided.ShouldBe(1);
        group.Events.ShouldBeLessThan(200);
    }

    private static PaxosGroup Duel(int backOffTicks)
    {
        var group = new PaxosGroup(configure: options => options with { InstancesMax = 1, BackOffTicks = backOffTicks });
        group.Propose(1, 1);
        group.Propose(2, 2);
        while (group.Decided == 0 && group.Events < EventsMax)
        {
            for (int member = 1; member <= 3; member++)
            {
                group.Flush(member);
            }

            if (group.Messages.Count == 0)
            {
                for (int member = 1; member <= 3; member++)
                {
                    group.Tick(member);
                }

                continue;
            }

            int phaseOne = group.Messages.FindIndex(static message => message is not Accept);
            group.Deliver(Math.Max(0, phaseOne));
        }

        return group;
    }
}
