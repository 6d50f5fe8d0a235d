using System.Globalization;
using Quorate.Raft;

namespace Quorate.Runtime;

/// <summary>Where a member listens for its peers.</summary>
/// <param name="Id">The member.</param>
/// <param name="Host">Name or address; a name is resolved anew for every connection, since machines move.</param>
/// <param name="Port">TCP port.</param>
public sealed record PeerAddress(MemberId Id, string Host, int Port)
{
    /// <summary>Id and endpoint, as logs show it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Id} at {(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
