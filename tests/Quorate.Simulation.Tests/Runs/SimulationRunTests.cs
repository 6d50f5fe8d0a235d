using Quorate.Raft;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Tests.Runs;

/// <summary>What a run makes of errors that nobody planned.</summary>
public sealed class SimulationRunTests
{
    [Fact]
    public void An_exception_of_ours_is_a_violation_with_its_stack_trace()
    {
        SimulationResult result = Run(new BrokenWorkload { AfterASecond = _ => throw new InvalidOperationException("oh") });

        result.Violation!.Property.ShouldBe(SimulationRun.NoUnhandledExceptionProperty);
        result.Violation.Message.ShouldContain("oh");
        result.Violation.Message.ShouldContain(nameof(An_exception_of_ours_is_a_violation_with_its_stack_trace));
        result.VirtualTime.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_member_that_fails_although_its_disk_is_well_is_a_violation() =>
        Run(new BrokenWorkload { Applying = _ => throw new InvalidOperationException("the state machine is wrong") })
            .Violation!.Property.ShouldBe(UnexpectedFailures.Property);

    [Fact]
    public void A_broken_rule_of_the_algorithm_is_a_violation() =>
        Run(new BrokenWorkload { Applying = _ => throw new RaftInvariantException("a rule") })
            .Violation!.Property.ShouldBe(UnexpectedFailures.InvariantProperty);

    [Fact]
    public void A_finding_that_a_replica_took_for_a_failing_state_machine_keeps_its_name() =>
        Run(new BrokenWorkload { Applying = _ => throw new PropertyViolatedException(AppliedEntries.Property, "two entries at one index") })
            .Violation!.Property.ShouldBe(AppliedEntries.Property);

    [Fact]
    public void States_that_differ_after_the_same_entries_are_a_violation() =>
        Run(new BrokenWorkload { Hash = machine => ((BrokenWorkload.Machine)machine).Id.Value })
            .Violation!.Property.ShouldBe(SimulationRun.EqualStatesProperty);

    [Fact]
    public void A_workload_that_does_nothing_wrong_holds() => Run(new BrokenWorkload()).Violation.ShouldBeNull();

    private static SimulationResult Run(Workload workload) =>
        new SimulationRun(1, new SimulationOptions { Faults = [], Members = 3, Duration = TimeSpan.FromSeconds(20) }, workload).Execute();
}
