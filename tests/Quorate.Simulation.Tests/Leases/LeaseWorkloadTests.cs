using Quorate.Simulation.Runs;
using Quorate.Simulation.Workloads;

namespace Quorate.Simulation.Tests.Leases;

public class LeaseWorkloadTests
{
    [Fact]
    public void Leases_hold_what_they_promise_under_faults_of_all_kinds_and_every_kind_of_end_is_come_by()
    {
        int expired = 0;
        int revoked = 0;
        int denied = 0;
        for (ulong seed = 1; seed <= 30; seed++)
        {
            LeaseWorkload workload = new();
            SimulationResult result = new SimulationRun(seed, new SimulationOptions(), workload).Execute();
            (result.Violation?.Message).ShouldBeNull($"seed {seed}");
            expired += workload.Stories.Values.Count(static story => story.Gone is not null && story.RevokeAsked is null);
            revoked += workload.Stories.Values.Count(static story => story.RevokeAnswered is not null);
            denied += workload.Stories.Values.Sum(static story => story.Denials.Count);
        }

        expired.ShouldBeGreaterThan(100);
        revoked.ShouldBeGreaterThan(100);
        denied.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        SimulationCase leases = new() { Seed = 14 };
        leases.Run().TraceHash.ShouldBe(leases.Run().TraceHash);
    }
}
