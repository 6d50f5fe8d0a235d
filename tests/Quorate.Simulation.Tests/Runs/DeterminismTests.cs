using Quorate.Simulation.Faults;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Tests.Runs;

/// <summary>The same seed gives the same run, to the last byte (ARCHITECTURE.md: the world is a parameter).</summary>
public sealed class DeterminismTests
{
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void A_seed_goes_the_same_way_again_on_another_thread_too(ulong seed)
    {
        SimulationCase which = new() { Seed = seed, Duration = TimeSpan.FromSeconds(20) };
        SimulationResult once = which.Run();
        SimulationResult? again = null;
        Thread thread = new(() => again = which.Run());
        thread.Start();
        thread.Join();

        Describe(again!).ShouldBe(Describe(once));
    }

    [Fact]
    public void Two_traces_of_one_seed_are_equal_to_the_last_byte_and_tracing_changes_nothing()
    {
        SimulationCase which = new() { Seed = 21, Duration = TimeSpan.FromSeconds(20), Faults = FaultFamilies.All };
        using MemoryStream first = new();
        using MemoryStream second = new();

        SimulationResult traced = which.Run(first);
        which.Run(second);

        second.ToArray().AsSpan().SequenceEqual(first.ToArray()).ShouldBeTrue();
        Describe(which.Run()).ShouldBe(Describe(traced));
    }

    [Fact]
    public void Saying_what_the_seed_draws_changes_nothing()
    {
        SimulationCase which = new() { Seed = 22, Duration = TimeSpan.FromSeconds(20) };
        SimulationResult drawn = which.Run();

        Describe(which.AsDrawn(drawn).Run()).ShouldBe(Describe(drawn));
    }

    [Fact]
    public void Another_seed_goes_another_way() =>
        new SimulationCase { Seed = 23, Duration = TimeSpan.FromSeconds(2) }.Run().TraceHash
            .ShouldNotBe(new SimulationCase { Seed = 24, Duration = TimeSpan.FromSeconds(2) }.Run().TraceHash);

    private static string Describe(SimulationResult result) =>
        $"{result.TraceHash:x16} {result.Events} {result.VirtualTime} {result.Requests} {result.Succeeded} {result.Undecided} {result.Violation?.Message} "
        + $"{string.Join(",", result.Faults)} {string.Join(",", result.Strikes)} {string.Join(",", result.Coverage.Counts)}";
}
