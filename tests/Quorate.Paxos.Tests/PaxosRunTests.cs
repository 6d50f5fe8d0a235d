using Quorate.Simulation.Runs;

namespace Quorate.Paxos.Tests;

/// <summary>Whole groups in the simulated world, on the hostile network and disk that replicas run on (spec P1).</summary>
public sealed class PaxosRunTests
{
    private const int Groups = 10;
    private const int RunsPerGroup = 20;

    [Theory]
    [MemberData(nameof(AllGroups))]
    public void Under_composed_faults_nobody_disagrees_and_afterwards_all_come_to_know_the_same(int group)
    {
        for (int i = 0; i < RunsPerGroup; i++)
        {
            ulong seed = (ulong)((group * RunsPerGroup) + i + 1);
            SimulationResult result = new PaxosRun(seed, new PaxosRunOptions { Duration = TimeSpan.FromSeconds(30) }).Execute();

            result.Violation.ShouldBeNull($"seed {seed}, {string.Join(", ", result.Faults)}");
            result.Succeeded.ShouldBeGreaterThan(10);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_to_the_last_event()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            SimulationResult one = new PaxosRun(seed, new PaxosRunOptions()).Execute();
            SimulationResult other = new PaxosRun(seed, new PaxosRunOptions()).Execute();

            other.TraceHash.ShouldBe(one.TraceHash);
            other.Events.ShouldBe(one.Events);
        }
    }

    public static TheoryData<int> AllGroups => [.. Enumerable.Range(0, Groups)];
}
