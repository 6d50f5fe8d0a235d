using System.Globalization;
using Quorate.Raft;

namespace Quorate.Runtime;

/// <summary>A member of the cluster as it is first started.</summary>
/// <param name="Name">Its name, unlike that of any other member.</param>
/// <param name="Host">Name or address under which the other members find it.</param>
/// <param name="Port">Port on which it listens for them.</param>
public sealed record QuorateMember(string Name, string Host, int Port)
{
    /// <summary>
    /// Its id; <see cref="MemberId.None"/> to have it derived from the address and the cluster's token. All members must
    /// come to the same id, and it must never change.
    /// </summary>
    public MemberId Id { get; init; }

    internal MemberId IdWith(string clusterToken) => Id.IsNone
        ? ClusterIdentity.MemberIdOf([string.Create(CultureInfo.InvariantCulture, $"http://{Host}:{Port}")], clusterToken)
        : Id;
}
