namespace Quorate.Simulation.Comparison;

/// <summary>What a load of commands cost. Counts are of everything that happened meanwhile, heartbeats and repetitions included.</summary>
public sealed record LoadFigures
{
    /// <summary>By which protocol.</summary>
    public required ComparedProtocol Protocol { get; init; }

    /// <summary>Commands handed to members that ran.</summary>
    public required int Proposed { get; init; }

    /// <summary>Of those: decided, as the member that took it has told.</summary>
    public required int Decided { get; init; }

    /// <summary>Frames that one member sent to another, per decided command.</summary>
    public required double MessagesPerCommand { get; init; }

    /// <summary>Bytes of those frames, per decided command.</summary>
    public required double BytesPerCommand { get; init; }

    /// <summary>Flushes of files, of all members together, per decided command.</summary>
    public required double FlushesPerCommand { get; init; }

    /// <summary>Frames a second while nobody proposes anything.</summary>
    public required double IdleMessagesPerSecond { get; init; }

    /// <summary>From the proposal until its member tells that it is decided: half of the commands took no longer.</summary>
    public required TimeSpan MedianToDecide { get; init; }

    /// <summary>The same: 99 of 100 took no longer.</summary>
    public required TimeSpan P99ToDecide { get; init; }

    /// <summary>The longest time in which nothing was decided.</summary>
    public required TimeSpan LongestSilence { get; init; }

    /// <summary>Ballots that another proposer has preempted, in either phase; zero where one leader proposes.</summary>
    public required long Preempted { get; init; }

    /// <summary>Terms or ballots that were begun.</summary>
    public required long ElectionsOrBallots { get; init; }
}
