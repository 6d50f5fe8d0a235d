using Quorate.Simulation.Checking.Histories;
using Quorate.Simulation.Runs;
using Quorate.Simulation.Workloads;

namespace Quorate.Simulation.Tests.Checking;

/// <summary>The histories of whole clusters under faults.</summary>
public sealed class RunHistoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(13)]
    public void What_clients_of_a_cluster_under_faults_saw_can_be_explained(ulong seed)
    {
        KeyValueWorkload workload = new();
        new SimulationRun(seed, new SimulationOptions { Duration = TimeSpan.FromSeconds(30) }, workload).Execute().Violation.ShouldBeNull();

        workload.History.Operations.Count.ShouldBeGreaterThan(100);
        RevisionCheckResult revisions = new RevisionChecker().Check(workload.History);
        revisions.Verdict.ShouldBe(HistoryVerdict.Holds, revisions.ToString());
        LinearizabilityResult search = new LinearizabilityChecker<KeyValueState>(new KeyValueModel()).Check(workload.History, revisions.Order);
        search.Verdict.ShouldBe(HistoryVerdict.Holds, search.ToString());
    }
}
