using System.Globalization;
using Quorate.Raft;

namespace Quorate.Runtime;

/// <summary>Where a member listens for its peers.</summary>
/// <param name="Id">The member.</param>
/// <param name="Host">Name or address; a name is resolved anew for every connection, since machines move.</param>
/// <param name="Port">TCP port.</param>
public sealed record PeerAddress(MemberId Id, string Host, int Port)
{
    /// <summary>What people call it; null where only the id is known.</summary>
    public string? Name { get; init; }

    /// <summary>Name and id; the id alone where there is no name.</summary>
    public string Title => Name is null ? Id.ToString() : $"{Name} ({Id})";

    /// <summary>Name, id and endpoint, as logs show it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Title} at {(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
