using System.Globalization;

namespace Quorate.Raft;

/// <summary>Names a member of the cluster. Zero is no member.</summary>
/// <param name="Value">The number, never reused within a cluster.</param>
public readonly record struct MemberId(ulong Value) : IComparable<MemberId>
{
    /// <summary>No member: nobody voted for, no leader known.</summary>
    public static readonly MemberId None;

    /// <summary>Whether this is <see cref="None"/>.</summary>
    public bool IsNone => Value == 0;

    /// <inheritdoc/>
    public int CompareTo(MemberId other) => Value.CompareTo(other.Value);

    /// <summary>Hexadecimal, as operators see it everywhere.</summary>
    public override string ToString() => Value.ToString("x", CultureInfo.InvariantCulture);
}
