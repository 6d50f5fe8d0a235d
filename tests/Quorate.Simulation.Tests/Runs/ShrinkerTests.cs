using Quorate.Simulation.Checking;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Tests.Runs;

public sealed class ShrinkerTests
{
    private static readonly FaultFamily s_guilty = FaultFamilies.Find("split")!;

    private static readonly SimulationCase s_found = new() { Seed = 7, Faults = [FaultFamilies.Find("kill")!, s_guilty, FaultFamilies.Find("loss")!], Members = 5 };

    [Fact]
    public void What_has_no_part_in_the_failure_is_left_out()
    {
        // Fails with the guilty family alone, from its third strike on, after ten seconds at least, with two clients or more.
        Shrinker shrinker = ShrinkerOf(s_found, which =>
            which.Faults!.Value.Contains(s_guilty) && (which.StrikesMax ?? 40) >= 3 && which.Duration >= TimeSpan.FromSeconds(10) && which.Clients >= 2 && which.Members >= 3);

        ShrinkAttempt[] attempts = [.. shrinker.Attempts()];

        shrinker.Smallest.Faults!.Value.ShouldHaveSingleItem().ShouldBe(s_guilty);
        shrinker.Smallest.StrikesMax.ShouldBe(3);
        shrinker.Smallest.Clients.ShouldBe(2);
        shrinker.Smallest.Members.ShouldBe(3);
        shrinker.Smallest.Duration.ShouldBeInRange(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12));
        attempts.Length.ShouldBeLessThan(100);
        attempts.Last(attempt => attempt.Failed).Case.ShouldBe(shrinker.Smallest);
        attempts.Select(attempt => attempt.Case.Command).ShouldBeUnique();
    }

    [Fact]
    public void A_failure_that_needs_nothing_becomes_a_run_with_nothing()
    {
        Shrinker shrinker = ShrinkerOf(s_found, _ => true);
        _ = shrinker.Attempts().Count();

        shrinker.Smallest.Command.ShouldBe("quorate sim --seed 7 --members 1 --faults none --duration 1000ms --clients 1 --strikes 0");
    }

    [Fact]
    public void Another_property_is_another_failure()
    {
        Shrinker shrinker = new(s_found, Result(s_found, "liveness"), which => Result(which, "durability"));

        shrinker.Attempts().ShouldAllBe(attempt => !attempt.Failed);
        shrinker.Smallest.Command.ShouldBe(s_found.Command);
    }

    [Fact]
    public void It_ends_after_so_many_attempts()
    {
        Shrinker shrinker = new(s_found, Result(s_found, "liveness"), which => Result(which, null), attemptsMax: 5);

        shrinker.Attempts().Count().ShouldBe(5);
    }

    [Fact]
    public void What_did_not_fail_is_not_shrunk() =>
        Should.Throw<ArgumentException>(() => new Shrinker(s_found, Result(s_found, null), which => Result(which, null)));

    [Fact]
    public void What_the_seed_drew_is_said_before_it_is_made_less()
    {
        SimulationCase drawn = new() { Seed = 7 };
        Shrinker shrinker = new(drawn, Result(s_found, "liveness"), which => Result(which, null));

        shrinker.Smallest.Command.ShouldBe("quorate sim --seed 7 --members 5 --faults kill,split,loss --duration 60000ms --clients 5");
    }

    private static Shrinker ShrinkerOf(SimulationCase found, Func<SimulationCase, bool> fails) =>
        new(found, Result(found, "liveness"), which => Result(which, fails(which) ? "liveness" : null));

    private static SimulationResult Result(SimulationCase which, string? property) => new()
    {
        Seed = which.Seed,
        Members = which.Members!.Value,
        Faults = [.. which.Faults!.Value.Select(family => (family, 5))],
        Violation = property is null ? null : new PropertyViolatedException(property, "it does not hold"),
        VirtualTime = which.Duration + TimeSpan.FromSeconds(30),
        Events = 1,
        TraceHash = 1,
        Strikes = new Dictionary<string, long> { ["split"] = Math.Min(40, which.StrikesMax ?? 40) },
        Requests = 1,
        Succeeded = 1,
        Undecided = 0,
        Coverage = new SimulationCoverage(),
    };
}
