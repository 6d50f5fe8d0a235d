using System.Net;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>The settings of one embedded member.</summary>
public sealed class QuorateOptions
{
    /// <summary>Ticks from one heartbeat to the next: the finer time is cut, the rarer two members campaign at once.</summary>
    private const int HeartbeatTicks = 4;

    /// <summary>The name of this member, as <see cref="Members"/> lists it.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>Where it keeps everything. A folder belongs to one member of one cluster.</summary>
    public string DataFolder { get; set; } = string.Empty;

    /// <summary>All members of the cluster as it is first started, this one included; the same on each of them.</summary>
    public IList<QuorateMember> Members { get; } = [];

    /// <summary>Tells the cluster from others that were made of the same addresses; the same on each member.</summary>
    public string ClusterToken { get; set; } = "quorate";

    /// <summary>
    /// Where to listen for the other members. While empty: the address of this member in <see cref="Members"/> if it is
    /// an IP address or <c>localhost</c>, else its port on all interfaces.
    /// </summary>
    public IList<IPEndPoint> Listen { get; } = [];

    /// <summary>Time from one heartbeat of the leader to the next.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Shortest time without a leader after which a follower campaigns; each is drawn from one to two times this.
    /// </summary>
    public TimeSpan ElectionTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long requests wait for their outcome where they do not say.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(7);

    /// <summary>How long a stop waits for what is being written.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether a leader that is stopped hands over first, which spares the others an election timeout.</summary>
    public bool HandOverOnStop { get; set; } = true;

    /// <summary>
    /// Whether the host is stopped, with exit code 1, when this member fails for good (a disk error, say). A program that
    /// has something better to do watches <see cref="IQuorate.Failed"/>.
    /// </summary>
    public bool StopHostOnFailure { get; set; } = true;

    /// <summary>How much may wait in front of the replica.</summary>
    public InboxLimits Inbox { get; set; } = new();

    /// <summary>Changes settings of the replica that are not named here.</summary>
    public Func<ReplicaOptions, ReplicaOptions>? ConfigureReplica { get; set; }

    /// <summary>Changes settings of the connections between members that are not named here.</summary>
    public Func<PeerNetworkOptions, PeerNetworkOptions>? ConfigurePeers { get; set; }

    /// <summary>The id of this member.</summary>
    public MemberId MemberId => Self.IdWith(ClusterToken);

    /// <summary>The id of the cluster.</summary>
    public ulong ClusterId => ClusterIdentity.ClusterIdOf(Members.Select(member => member.IdWith(ClusterToken)));

    private QuorateMember Self => Members.FirstOrDefault(member => member.Name == Name)
        ?? throw new ArgumentException(
            $"the member '{Name}' is not among {nameof(Members)} ({string.Join(", ", Members.Select(member => $"'{member.Name}'"))}); "
            + $"list this member too, or set {nameof(Name)} to one of them");

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="ArgumentException">Says which setting, why, and what would work.</exception>
    public void Validate()
    {
        Require(Name.Length > 0, $"{nameof(Name)} is empty; give this member the name under which {nameof(Members)} lists it");
        Require(!string.IsNullOrWhiteSpace(DataFolder), $"{nameof(DataFolder)} is empty; say where this member keeps its log and snapshots");
        Require(Members.Count > 0, $"{nameof(Members)} is empty; list every member of the cluster, this one included");
        foreach (QuorateMember member in Members)
        {
            Require(member.Name.Length > 0, $"a member at {member.Host}:{member.Port} has no name");
            Require(member.Host.Length > 0, $"the member '{member.Name}' has no host");
            Require(member.Port is > 0 and <= IPEndPoint.MaxPort, $"the port of member '{member.Name}' is {member.Port}; it must be from 1 to {IPEndPoint.MaxPort}");
        }

        RequireUnique(member => member.Name, "name");
        RequireUnique(member => $"{member.Host}:{member.Port}", "address");
        RequireUnique(member => member.IdWith(ClusterToken).ToString(), "id");
        _ = Self;
        Require(HeartbeatInterval >= TimeSpan.FromMilliseconds(HeartbeatTicks), $"{nameof(HeartbeatInterval)} is {HeartbeatInterval}; it must be at least {HeartbeatTicks} ms");
        Require(
            HeartbeatInterval < ElectionTimeout,
            $"{nameof(HeartbeatInterval)} ({HeartbeatInterval}) must be shorter than {nameof(ElectionTimeout)} ({ElectionTimeout}), "
            + "or followers would depose a healthy leader; a tenth of it works well");
        Require(RequestTimeout > TimeSpan.Zero, $"{nameof(RequestTimeout)} must be longer than zero");
        Require(StopTimeout > TimeSpan.Zero, $"{nameof(StopTimeout)} must be longer than zero");
        Inbox.Validate();
        ToReplicaOptions().Validate();
        ToPeerNetworkOptions(roundTripMeasured: null).Validate();
    }

    internal ReplicaOptions ToReplicaOptions()
    {
        TimeSpan tick = HeartbeatInterval / HeartbeatTicks;
        var options = new ReplicaOptions
        {
            Id = MemberId,
            ClusterId = ClusterId,
            InitialConfiguration = new Configuration(Members.Select(member => member.IdWith(ClusterToken))),
            TickInterval = tick,
            HeartbeatTicks = HeartbeatTicks,
            ElectionTimeoutTicks = (int)Math.Ceiling(ElectionTimeout / tick),
        };
        return ConfigureReplica?.Invoke(options) ?? options;
    }

    internal PeerNetworkOptions ToPeerNetworkOptions(Action<MemberId, TimeSpan>? roundTripMeasured)
    {
        var options = new PeerNetworkOptions
        {
            Id = MemberId,
            ClusterId = ClusterId,
            FrameBytesMax = ToReplicaOptions().FrameBytesMax,
            RoundTripMeasured = roundTripMeasured,
        };
        return ConfigurePeers?.Invoke(options) ?? options;
    }

    /// <summary>A member by name and id, for logs; by id alone where it is none of the members.</summary>
    internal string Describe(MemberId id) => PeerAddresses().FirstOrDefault(peer => peer.Id == id)?.Title ?? id.ToString();

    internal IEnumerable<PeerAddress> PeerAddresses() =>
        Members.Select(member => new PeerAddress(member.IdWith(ClusterToken), member.Host, member.Port) { Name = member.Name });

    internal IReadOnlyList<IPEndPoint> ListenEndPoints()
    {
        if (Listen.Count > 0)
        {
            return [.. Listen];
        }

        QuorateMember self = Self;
        if (self.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return [new IPEndPoint(IPAddress.Loopback, self.Port)];
        }

        return [new IPEndPoint(IPAddress.TryParse(self.Host, out IPAddress? address) ? address : IPAddress.Any, self.Port)];
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }

    private void RequireUnique(Func<QuorateMember, string> key, string what)
    {
        foreach (IGrouping<string, QuorateMember> group in Members.GroupBy(key, StringComparer.Ordinal))
        {
            Require(group.Count() == 1, $"{group.Count()} members have the {what} '{group.Key}'; each needs its own");
        }
    }
}
