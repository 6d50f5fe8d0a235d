namespace Quorate.Paxos;

/// <summary>What a member's proposer has gone through since its start.</summary>
public sealed class PaxosCounters
{
    /// <summary>Ballots begun.</summary>
    public long Ballots { get; internal set; }

    /// <summary>Ballots given up in phase 1 because an acceptor had promised a higher one.</summary>
    public long PreparesPreempted { get; internal set; }

    /// <summary>Ballots given up in phase 2 because an acceptor had promised a higher one: a duel.</summary>
    public long AcceptsPreempted { get; internal set; }

    /// <summary>Ballots given up because no majority answered in time.</summary>
    public long TimedOut { get; internal set; }

    /// <summary>Instances in which it proposed and another's value was chosen, so that it went on to the next.</summary>
    public long SlotsTaken { get; internal set; }
}
