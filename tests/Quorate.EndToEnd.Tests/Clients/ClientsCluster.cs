using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests.Clients;

/// <summary>
/// One cluster for all tests of other people's clients, which run one after another. Each uses keys of its own and
/// leaves all members running.
/// </summary>
public sealed class ClientsCluster : IAsyncLifetime
{
    public const string Name = "clients";

    internal ClusterProcesses Processes { get; private set; } = null!;

    public async Task InitializeAsync() => Processes = await ClusterProcesses.StartAsync();

    public async Task DisposeAsync() => await Processes.DisposeAsync();
}

[CollectionDefinition(ClientsCluster.Name)]
public sealed class ClientsCollection : ICollectionFixture<ClientsCluster>;
