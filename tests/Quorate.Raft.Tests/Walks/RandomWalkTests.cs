namespace Quorate.Raft.Tests.Walks;

/// <summary>
/// Hundreds of random walks: after every step all invariants hold; once everything heals, the cluster makes progress.
/// QUORATE_WALK_SEED=n walks one seed alone, QUORATE_WALKS=n as many.
/// </summary>
public sealed class RandomWalkTests
{
    private const int WalksDefault = 200;
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

    [Fact]
    public void Equal_seeds_walk_equally()
    {
        List<string> first = [];
        List<string> second = [];
        Walk(12345, first.Add);
        Walk(12345, second.Add);
        first.Count.ShouldBeGreaterThan(100);
        second.ShouldBe(first);
    }

    private static WalkTotals Walk(ulong seed)
    {
        try
        {
            return Walk(seed, trace: null);
        }
        catch (Exception failure)
        {
            // Once more, listening this time.
            List<string> trace = [];
            try
            {
                Walk(seed, trace.Add);
            }
            catch (Exception again) when (again.GetType() == failure.GetType())
            {
                trace.Add($"then: {again.Message}");
            }

            string last = string.Join('\n', trace.TakeLast(TraceLinesMax));
            throw new InvalidOperationException($"walk with QUORATE_WALK_SEED={seed} failed: {failure.Message}\n{last}", failure);
        }
    }

    private static WalkTotals Walk(ulong seed, Action<string>? trace)
    {
        var walk = new RandomWalk(seed, trace);
        walk.Wander(Steps);
        walk.HealAndConverge();
        return walk.Totals;
    }
}
