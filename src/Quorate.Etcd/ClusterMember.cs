using System.Collections.Immutable;
using Quorate.Raft;

namespace Quorate.Etcd;

/// <summary>A member as the configuration of the cluster names it.</summary>
/// <param name="Id">The member.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="PeerUrls">Where the other members reach it.</param>
public sealed record ClusterMember(MemberId Id, string Name, ImmutableArray<string> PeerUrls);
