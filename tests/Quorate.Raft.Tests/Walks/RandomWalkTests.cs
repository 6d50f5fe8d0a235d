namespace Quorate.Raft.Tests.Walks;

/// <summary>
/// Hundreds of random walks: after every step all invariants hold; once everything heals, the cluster makes progress.
/// QUORATE_WALK_SEED=n walks one seed alone, QUORATE_WALKS=n as many.
/// </summary>
public sealed class RandomWalkTests
{
    private const int WalksDefault = 200;
    private const int WalksASize = 5;
    private const int Steps = 600;
    private const int TraceLinesMax = 80;

    [Fact]
    public void Random_walks_break_no_invariant_and_end_in_agreement()
    {
        if (ulong.TryParse(Environment.GetEnvironmentVariable("QUORATE_WALK_SEED"), out ulong single))
        {
            Walk(single);
            return;
        }

        int walks = int.TryParse(Environment.GetEnvironmentVariable("QUORATE_WALKS"), out int asked) ? asked : WalksDefault;
        WalkTotals totals = default;
        for (ulong seed = 1; seed <= (ulong)walks; seed++)
        {
            totals += Walk(seed);
        }

        // Walks in which little happens would prove little.
        totals.Committed.ShouldBeGreaterThan(walks * 15L, $"{totals}");
        totals.Acknowledged.ShouldBeGreaterThan(walks * 8L, $"{totals}");
        totals.ReadsConfirmed.ShouldBeGreaterThan(walks * 2L, $"{totals}");
        totals.Leaders.ShouldBeGreaterThan(walks * 2L, $"{totals}");
        totals.SnapshotsLoaded.ShouldBeGreaterThan(walks / 8, $"{totals}");
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(4, 0)]
    [InlineData(5, 0)]
    [InlineData(5, 1)]
    public void Clusters_of_every_size_keep_what_they_promise_on_a_bad_network(int voters, int learners)
    {
        for (ulong seed = 1; seed <= WalksASize; seed++)
        {
            Walk(seed, trace => new RandomWalk(seed, voters, learners, trace));
        }
    }

    [Fact]
    public void Equal_seeds_walk_equally()
    {
        List<string> first = [];
        List<string> second = [];
        Finish(new RandomWalk(12345, first.Add));
        Finish(new RandomWalk(12345, second.Add));
        first.Count.ShouldBeGreaterThan(100);
        second.ShouldBe(first);
    }

    private static WalkTotals Walk(ulong seed) => Walk(seed, trace => new RandomWalk(seed, trace));

    private static WalkTotals Walk(ulong seed, Func<Action<string>?, RandomWalk> begin)
    {
        try
        {
            return Finish(begin(null));
        }
        catch (Exception failure)
        {
            // Once more, listening this time.
            List<string> trace = [];
            try
            {
                Finish(begin(trace.Add));
            }
            catch (Exception again) when (again.GetType() == failure.GetType())
            {
                trace.Add($"then: {again.Message}");
            }

            string last = string.Join('\n', trace.TakeLast(TraceLinesMax));
            throw new InvalidOperationException($"walk {seed} failed: {failure.Message}\n{last}", failure);
        }
    }

    private static WalkTotals Finish(RandomWalk walk)
    {
        walk.Wander(Steps);
        walk.HealAndConverge();
        return walk.Totals;
    }
}
