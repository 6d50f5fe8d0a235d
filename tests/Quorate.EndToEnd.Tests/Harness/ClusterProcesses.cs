namespace Quorate.EndToEnd.Tests.Harness;

/// <summary>A cluster of processes on this machine, each with a data folder and ports of its own.</summary>
internal sealed class ClusterProcesses : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private ClusterProcesses(int members, string[] settings)
    {
        (string Name, int Client, int Peer)[] plan = [.. Enumerable.Range(1, members).Select(i => ($"m{i}", Ports.Take(), Ports.Take()))];
        string initialCluster = string.Join(',', plan.Select(member => $"{member.Name}=http://127.0.0.1:{member.Peer}"));
        Members = [.. plan.Select(member => new MemberProcess(
            member.Name, _folder.File(member.Name), member.Client, member.Peer, initialCluster, settings))];
    }

    public IReadOnlyList<MemberProcess> Members { get; }

    public string Endpoints => string.Join(',', Members.Select(member => member.Endpoint));

    public static async Task<ClusterProcesses> StartAsync(int members = 3, params string[] settings)
    {
        var cluster = new ClusterProcesses(members, settings);
        try
        {
            foreach (MemberProcess member in cluster.Members)
            {
                member.Launch();
            }

            foreach (MemberProcess member in cluster.Members)
            {
                await member.ReadyAsync();
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one member of several, which can never have a leader.</summary>
    public static async Task<ClusterProcesses> StartMinorityAsync()
    {
        var cluster = new ClusterProcesses(members: 3, settings: []);
        try
        {
            cluster.Members[0].Launch();
            await cluster.Members[0].AnswersAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (MemberProcess member in Members)
        {
            await member.DisposeAsync();
        }

        _folder.Dispose();
    }
}
