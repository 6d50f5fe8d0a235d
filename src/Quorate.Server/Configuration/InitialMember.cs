namespace Quorate.Server.Configuration;

/// <summary>A member of the cluster as it is first started.</summary>
/// <param name="Name">Its name.</param>
/// <param name="PeerUrls">Where the other members find it.</param>
public sealed record InitialMember(string Name, IReadOnlyList<MemberUrl> PeerUrls);
