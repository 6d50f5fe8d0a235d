using System.Collections.Immutable;
using Quorate.Raft;

namespace Quorate.Paxos;

/// <summary>The settings of one member.</summary>
public sealed record PaxosOptions
{
    /// <summary>Who it is.</summary>
    public required MemberId Id { get; init; }

    /// <summary>All members; each is proposer, acceptor and learner.</summary>
    public required ImmutableArray<MemberId> Members { get; init; }

    /// <summary>Seed of its back-off; another one at each start.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How many decisions there are to make. One makes it single-decree Paxos.</summary>
    public long InstancesMax { get; init; } = long.MaxValue;

    /// <summary>
    /// A proposer that has not come to a majority for this long gives up its ballot, in ticks. Where disks or links are slower
    /// than that, it waits longer with each failure: else no ballot would ever live to see its majority.
    /// </summary>
    public int AnswerTimeoutTicks { get; init; } = 10;

    /// <summary>
    /// The first back-off of a proposer that was preempted is drawn from [1, this], and the bound doubles with each
    /// further failure, in ticks. Zero: it tries again at once, and two proposers may duel for ever (§2.4).
    /// </summary>
    public int BackOffTicks { get; init; } = 2;

    /// <summary>Where the doubling ends, in ticks.</summary>
    public int BackOffTicksMax { get; init; } = 64;

    /// <summary>Time between two questions for what the others know to be chosen, in ticks.</summary>
    public int LearnIntervalTicks { get; init; } = 10;

    /// <summary>Most values that one such question is answered with.</summary>
    public int LearnValuesMax { get; init; } = 64;

    /// <summary>Most values that wait at one proposer.</summary>
    public int WaitingValuesMax { get; init; } = 1024;

    /// <summary>Throws where a setting cannot work.</summary>
    /// <exception cref="ArgumentException">Says which and why.</exception>
    public void Validate()
    {
        if (Members.IsDefaultOrEmpty || !Members.Contains(Id) || Members.Any(static member => member.IsNone))
        {
            throw new ArgumentException($"member {Id} must be one of the members, and no id may be zero");
        }

        RequireAtLeast(1, InstancesMax, nameof(InstancesMax));
        RequireAtLeast(1, AnswerTimeoutTicks, nameof(AnswerTimeoutTicks));
        RequireAtLeast(0, BackOffTicks, nameof(BackOffTicks));
        RequireAtLeast(BackOffTicks, BackOffTicksMax, nameof(BackOffTicksMax));
        RequireAtLeast(1, LearnIntervalTicks, nameof(LearnIntervalTicks));
        RequireAtLeast(1, LearnValuesMax, nameof(LearnValuesMax));
        RequireAtLeast(1, WaitingValuesMax, nameof(WaitingValuesMax));
    }

    private static void RequireAtLeast(long least, long value, string name)
    {
        if (value < least)
        {
            throw new ArgumentException($"{name} must be at least {least}, but is {value}");
        }
    }
}
