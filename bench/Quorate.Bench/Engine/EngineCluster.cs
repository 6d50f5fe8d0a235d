using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Raft;
using Quorate.Runtime;

namespace Quorate.Bench.Engine;

/// <summary>Three members in this process, as <c>AddQuorate</c> makes them: loopback TCP between them, their logs on one disk.</summary>
internal sealed class EngineCluster : IAsyncDisposable
{
    private const int Members = 3;

    private readonly string _folder;
    private readonly List<QuorateHost> _hosts = [];

    private EngineCluster(string folder)
    {
        _folder = folder;
    }

    public IReadOnlyList<QuorateHost> Hosts => _hosts;

    /// <summary>The leader; asked for while the cluster is at rest.</summary>
    public QuorateHost Leader => _hosts.Single(host => host.Status.Role == Role.Leader);

    /// <summary>Batches flushed to the log, summed over the members.</summary>
    public long Flushes => _hosts.Sum(host => host.Counters.BatchesFlushed);

    /// <summary>Frames handed to the network, summed over the members.</summary>
    public long Frames => _hosts.Sum(host => host.Counters.FramesSent);

    public static async Task<EngineCluster> StartAsync(string folder)
    {
        var cluster = new EngineCluster(Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName);
        QuorateMember[] members = [.. FreePorts().Select((port, index) => new QuorateMember($"n{index + 1}", "127.0.0.1", port))];
        foreach (QuorateMember member in members)
        {
            var options = new QuorateOptions
            {
                Name = member.Name,
                DataFolder = Path.Combine(cluster._folder, member.Name),
                HandOverOnStop = false,
            };
            foreach (QuorateMember each in members)
            {
                options.Members.Add(each);
            }

            cluster._hosts.Add(await QuorateHost.StartAsync(options, new CountingMachine(), NullLoggerFactory.Instance));
        }

        foreach (QuorateHost host in cluster._hosts)
        {
            await host.WaitForLeaderAsync();
        }

        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (QuorateHost host in _hosts)
        {
            await host.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static int[] FreePorts()
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, Members).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
        {
            listener.Start();
        }

        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
        {
            listener.Dispose();
        }

        return ports;
    }
}
