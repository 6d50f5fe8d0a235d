using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Quorate.Etcd;
using Quorate.Raft;
using Quorate.Runtime;
using Quorate.Server.Configuration;

namespace Quorate.Server.Hosting;

/// <summary>What the operator's settings mean to the layers below.</summary>
internal static class ReplicaSettings
{
    public static QuorateOptions From(ServerSettings settings, int commandBytesMax)
    {
        var options = new QuorateOptions
        {
            Name = settings.Name,
            DataFolder = settings.DataFolder,
            ClusterToken = settings.InitialClusterToken,
            HeartbeatInterval = settings.HeartbeatInterval,
            ElectionTimeout = settings.ElectionTimeout,
            StopHostOnFailure = false,
            ConfigureReplica = replica => replica with
            {
                SnapshotEveryEntries = settings.SnapshotCount,
                CommandBytesMax = commandBytesMax,
                FrameBytesMax = Math.Max(replica.FrameBytesMax, 2 * commandBytesMax),
            },
            ConfigurePeers = peers => peers with
            {
                MembersSetting = Settings.InitialCluster.Flag,
                TokenSetting = Settings.InitialClusterToken.Flag,
            },
        };
        foreach (InitialMember member in settings.InitialCluster)
        {
            options.Members.Add(new QuorateMember(member.Name, member.PeerUrls[0].Host, member.PeerUrls[0].Port)
            {
                Id = IdOf(member, settings.InitialClusterToken),
            });
        }

        foreach (MemberUrl url in settings.ListenPeerUrls)
        {
            options.Listen.Add(new IPEndPoint(AddressOf(url), url.Port));
        }

        return options;
    }

    public static EtcdOptions FrontOptions(ServerSettings settings, QuorateOptions options) => new()
    {
        ClusterId = options.ClusterId,
        Members =
        [
            .. settings.InitialCluster.Select(member => new ClusterMember(
                IdOf(member, settings.InitialClusterToken), member.Name, [.. member.PeerUrls.Select(url => url.ToString())])),
        ],
        RequestBytesMax = settings.RequestBytesMax,
        TransactionOperationsMax = settings.TransactionOperationsMax,
        QuotaBytes = settings.QuotaBytes,
        AutoCompaction = settings.AutoCompaction,
        LeaseTtlSecondsMin = Math.Max(1, (long)Math.Ceiling(1.5 * options.ElectionTimeout.TotalSeconds)),
        LeaseClockStepMax = options.ElectionTimeout / 4,
        LeaseIdSeed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
    };

    private static MemberId IdOf(InitialMember member, string token) =>
        ClusterIdentity.MemberIdOf(member.PeerUrls.Select(url => url.ToString()), token);

    private static IPAddress AddressOf(MemberUrl url)
    {
        if (url.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return IPAddress.Loopback;
        }

        if (url.Host == "*")
        {
            return IPAddress.Any;
        }

        if (IPAddress.TryParse(url.Host, out IPAddress? address))
        {
            return address;
        }

        try
        {
            return Dns.GetHostAddresses(url.Host)[0];
        }
        catch (Exception e) when (e is SocketException or IndexOutOfRangeException)
        {
            throw new IOException($"the host of {url} is not known on this machine ({e.Message}); listen for members on one of its addresses", e);
        }
    }
}
