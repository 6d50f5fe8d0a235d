using Quorate.Raft;

namespace Quorate.Simulation.Comparison;

/// <summary>
/// Clients that propose at random times at random members. Times and members come from the seed alone, so that both
/// protocols get the same commands in the same places.
/// </summary>
internal sealed class Load(ComparedCluster cluster, int commandsPerSecond, int commandBytes, ulong seed)
{
    private readonly SeededRandom _random = new(seed);
    private readonly List<TimeSpan> _took = [];
    private TimeSpan _end;
    private TimeSpan _lastDecision;
    private ulong _lastNumber;

    public int Proposed { get; private set; }

    public int Decided => _took.Count;

    public TimeSpan LongestSilence { get; private set; }

    /// <summary>Told when a command was decided, with when it was proposed.</summary>
    public Action<TimeSpan>? DecidedOne { get; set; }

    public void Begin(TimeSpan duration)
    {
        _lastDecision = cluster.World.Now;
        _end = cluster.World.Now + duration;
        PlanNext();
    }

    /// <summary>The time that so many of a thousand decided commands did not exceed.</summary>
    public TimeSpan TookPerMille(int perMille) => Percentile(_took, perMille);

    public static TimeSpan Percentile(IEnumerable<TimeSpan> times, int perMille)
    {
        TimeSpan[] sorted = [.. times.Order()];
        return sorted.Length == 0 ? TimeSpan.Zero : sorted[Math.Max(0, ((sorted.Length * perMille) + 999) / 1000 - 1)];
    }

    private void PlanNext() => cluster.World.After(_random.NextDelay(TimeSpan.Zero, TimeSpan.FromSeconds(2.0 / commandsPerSecond)), () =>
    {
        if (cluster.World.Now >= _end)
        {
            Silence(cluster.World.Now);
            return;
        }

        TimeSpan began = cluster.World.Now;
        SimulatedMember member = cluster.World.Members[_random.Next(cluster.World.Members.Count)];
        if (cluster.Propose(member, ++_lastNumber, commandBytes, () => HasDecided(began)))
        {
            Proposed++;
        }

        PlanNext();
    });

    private void HasDecided(TimeSpan began)
    {
        TimeSpan now = cluster.World.Now;
        _took.Add(now - began);
        if (now <= _end)
        {
            Silence(now);
        }

        DecidedOne?.Invoke(began);
    }

    private void Silence(TimeSpan now)
    {
        LongestSilence = now - _lastDecision > LongestSilence ? now - _lastDecision : LongestSilence;
        _lastDecision = now;
    }
}
