using Quorate.Etcd;
using Quorate.Raft;
using Quorate.Simulation.Checking;

namespace Quorate.Simulation.Tests.Checking;

/// <summary>Members that are shown as they never are, to see whether it is noticed.</summary>
public sealed class AlgorithmInvariantsTests
{
    private readonly SimulatedWorld _world = new(1, new SimulatedWorldOptions { Members = 3 }, static _ => new EtcdStateMachine());
    private readonly AlgorithmInvariants _invariants = new(3);

    public AlgorithmInvariantsTests()
    {
        _world.StartAll();
    }

    private SimulatedMember First => _world.Members[0];

    [Fact]
    public void A_term_that_falls_within_a_life_is_a_broken_invariant()
    {
        RaftNode young = First.Replica!.Algorithm;
        RaftNode old = InALaterTerm();
        _invariants.Changed(First, old);

        PropertyViolatedException found = Should.Throw<PropertyViolatedException>(() => _invariants.Changed(First, young));

        found.Property.ShouldBe(UnexpectedFailures.InvariantProperty);
        found.Message.ShouldContain("the term fell");
    }

    [Fact]
    public void A_new_life_is_looked_at_for_itself()
    {
        RaftNode young = First.Replica!.Algorithm;
        _invariants.Changed(First, InALaterTerm());
        First.Kill();
        First.Start();

        Should.NotThrow(() => _invariants.Changed(First, young));
    }

    /// <summary>The same member in another world, some time later.</summary>
    private static RaftNode InALaterTerm()
    {
        SimulatedWorld later = new(1, new SimulatedWorldOptions { Members = 3 }, static _ => new EtcdStateMachine());
        later.StartAll();
        later.RunFor(TimeSpan.FromSeconds(10));
        return later.Members[0].Replica!.Algorithm;
    }
}
