using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests.Clients;

/// <summary>npm's etcd3, which speaks through gRPC in JavaScript: <c>node/exercise.test.js</c> says what it does.</summary>
[Collection(ClientsCluster.Name)]
public sealed class NodeClientTests(ClientsCluster clients)
{
    private static readonly string? Node = Programs.FindOnPath("node");

    [NeedsNodeClientFact]
    public Task All_that_it_offers() =>
        ClientScript.SucceedsAsync(Node!, ["--test", "--test-timeout=60000", "--test-force-exit", Path.Combine(ClientScript.Folder("node"), "exercise.test.js")], clients.Processes);

    [NeedsNodeClientFact]
    public Task Each_member_in_turn_is_killed_and_comes_back() =>
        ClientScript.SucceedsWhileMembersDieAsync(Node!, [Path.Combine(ClientScript.Folder("node"), "reconnect.js")], clients.Processes);

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class NeedsNodeClientFactAttribute : FactAttribute
    {
        public NeedsNodeClientFactAttribute()
        {
            string folder = ClientScript.Folder("node");
            Skip = Node is null ? "there is no node on the PATH"
                : Directory.Exists(Path.Combine(folder, "node_modules", "etcd3")) ? null
                : $"etcd3 for Node is not installed: run npm ci in {folder}";
        }
    }
}
