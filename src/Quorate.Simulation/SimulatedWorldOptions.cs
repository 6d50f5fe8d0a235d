using Quorate.Replica;

namespace Quorate.Simulation;

/// <summary>The shape of a simulated cluster.</summary>
public sealed record SimulatedWorldOptions
{
    /// <summary>Members, all voters, with ids from one.</summary>
    public int Members { get; init; } = 3;

    /// <summary>Length of a tick.</summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Shortest time without word from a leader after which a member stands for election, in ticks.</summary>
    public int ElectionTimeoutTicks { get; init; } = 15;

    /// <summary>Time between two heartbeats, in ticks.</summary>
    public int HeartbeatTicks { get; init; } = 2;

    /// <summary>Shortest time of one step of work on a disk.</summary>
    public TimeSpan WorkStepMin { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>Longest time of one step of work on a disk.</summary>
    public TimeSpan WorkStepMax { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Longest time until a member's loop comes round.</summary>
    public TimeSpan LoopDelayMax { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>Changes the settings of the replicas.</summary>
    public Func<ReplicaOptions, ReplicaOptions>? ConfigureReplica { get; init; }

    /// <summary>Hears what a member tells its operator.</summary>
    public Func<ulong, IReplicaListener?>? Listener { get; init; }
}
