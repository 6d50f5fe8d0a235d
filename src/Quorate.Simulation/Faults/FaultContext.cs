using Quorate.Raft;

namespace Quorate.Simulation.Faults;

/// <summary>What a strike of a fault works with.</summary>
public sealed class FaultContext
{
    private readonly FaultInjector _injector;

    internal FaultContext(FaultInjector injector, SimulatedWorld world, SeededRandom random, int intensity)
    {
        _injector = injector;
        World = world;
        Random = random;
        Intensity = intensity;
    }

    /// <summary>The world that is struck.</summary>
    public SimulatedWorld World { get; }

    /// <summary>The family's own randomness.</summary>
    public SeededRandom Random { get; }

    /// <summary>From 1, mild, to <see cref="FaultInjector.IntensityMax"/>.</summary>
    public int Intensity { get; }

    /// <summary>Any member.</summary>
    public SimulatedMember AnyMember() => World.Members[Random.Next(World.Members.Count)];

    /// <summary>Any member, the leader more often than others: that is where most is at stake.</summary>
    public SimulatedMember Victim() => Random.Next(3) == 0 && _injector.AimsAtLeaders && World.Leader() is { } leader ? leader : AnyMember();

    /// <summary>Any member but one; that one where there is no other.</summary>
    public SimulatedMember AnyOther(SimulatedMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        if (World.Members.Count == 1)
        {
            return member;
        }

        int index = Random.Next(World.Members.Count - 1);
        return World.Members[index >= (int)member.Id.Value - 1 ? index + 1 : index];
    }

    /// <summary>A random time that grows with the intensity, at most this at the highest.</summary>
    public TimeSpan UpTo(TimeSpan longest) => Random.NextDelay(TimeSpan.Zero, longest * Intensity / FaultInjector.IntensityMax);

    /// <summary>A random chance out of a thousand that grows with the intensity, at most this at the highest.</summary>
    public int UpToPerMille(int highest) => 1 + Random.Next(Math.Max(1, highest * Intensity / FaultInjector.IntensityMax));

    /// <summary>Starts a member that is down, unless nobody would any more.</summary>
    public void Restart(SimulatedMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        if (!member.IsRunning)
        {
            _injector.Starter(member);
        }
    }

    /// <summary>Does something later, unless all faults have been ended by then.</summary>
    public void Later(TimeSpan delay, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        World.After(delay, () =>
        {
            if (!_injector.IsOver)
            {
                action();
            }
        });
    }

    /// <summary>
    /// A member whose disk may be spoiled: one that is already, or another as long as fewer than half of the members
    /// are. Null when there is none.
    /// </summary>
    public SimulatedMember? Spoilable()
    {
        SimulatedMember[] spoiled = [.. World.Members.Where(member => member.IsSpoiled)];
        int allowed = (World.Members.Count - 1) / 2;
        return spoiled.Length < allowed ? AnyMember() : spoiled.Length > 0 ? spoiled[Random.Next(spoiled.Length)] : null;
    }
}
