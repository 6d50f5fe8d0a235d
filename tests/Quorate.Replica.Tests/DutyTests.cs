using Quorate.Replica.Tests.World;
using Quorate.Simulation;

namespace Quorate.Replica.Tests;

/// <summary>What a member does of its own accord is done once a tick, on every member.</summary>
public class DutyTests
{
    [Fact]
    public void A_duty_is_called_once_a_tick_whatever_the_role()
    {
        TestCluster cluster = new();
        cluster.StartAndElect();
        Counted[] duties = [.. cluster.World.Members.Select(member => Add(member, new Counted()))];
        cluster.World.RunFor(100 * cluster.World.Options.TickInterval);

        duties.ShouldAllBe(duty => duty.Times.Count == 100);
        duties.ShouldAllBe(duty => duty.Times.SequenceEqual(duty.Times.Order()));
    }

    [Fact]
    public void A_duty_that_throws_stops_the_member()
    {
        TestCluster cluster = new();
        SimulatedMember leader = cluster.StartAndElect();
        Add(leader, new Thrown());
        cluster.World.RunFor(2 * cluster.World.Options.TickInterval);
        leader.HasFailed.ShouldBeTrue();
    }

    private static T Add<T>(SimulatedMember member, T duty)
        where T : IReplicaDuty
    {
        member.Replica!.AddDuty(duty);
        return duty;
    }

    private sealed class Counted : IReplicaDuty
    {
        public List<TimeSpan> Times { get; } = [];

        public void Tick(TimeSpan now) => Times.Add(now);
    }

    private sealed class Thrown : IReplicaDuty
    {
        public void Tick(TimeSpan now) => throw new InvalidOperationException("out of order");
    }
}
