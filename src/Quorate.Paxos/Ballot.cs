using Quorate.Raft;

namespace Quorate.Paxos;

/// <summary>
/// The number of a proposal ("Paxos Made Simple" §2.2). Two proposers never use the same one, since it ends in the
/// proposer's name (§2.5), and any two can be compared: first by round, then by member.
/// </summary>
/// <param name="Round">Counted up by whoever tries; from one.</param>
/// <param name="Member">The only member that may use it.</param>
public readonly record struct Ballot(long Round, MemberId Member) : IComparable<Ballot>
{
    /// <summary>Below every ballot: nothing was promised yet.</summary>
    public static readonly Ballot None;

    /// <summary>Whether the left one is the lower.</summary>
    public static bool operator <(Ballot left, Ballot right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one is the higher.</summary>
    public static bool operator >(Ballot left, Ballot right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one is not the higher.</summary>
    public static bool operator <=(Ballot left, Ballot right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one is not the lower.</summary>
    public static bool operator >=(Ballot left, Ballot right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Ballot other) => Round != other.Round ? Round.CompareTo(other.Round) : Member.CompareTo(other.Member);

    /// <summary>Round and member, as in traces.</summary>
    public override string ToString() => $"{Round}.{Member}";
}
