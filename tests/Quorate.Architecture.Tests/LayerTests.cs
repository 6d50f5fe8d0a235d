using System.Reflection;

namespace Quorate.Architecture.Tests;

/// <summary>Holds the arrows of ARCHITECTURE.md: each layer may know the layers listed beside it, and no other.</summary>
public sealed class LayerTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Quorate.Raft"] = [],
        ["Quorate.Io"] = [],
        ["Quorate.KeyValue"] = [],
        ["Quorate.Etcd.Protocol"] = [],
        ["Quorate.Grpc"] = [],
        ["Quorate.Paxos"] = ["Quorate.Raft"], // MemberId and SeededRandom only.
        ["Quorate.Storage"] = ["Quorate.Raft", "Quorate.Io"],
        ["Quorate.Replica"] = ["Quorate.Raft", "Quorate.Io", "Quorate.Storage"],
        ["Quorate.Etcd"] = ["Quorate.Etcd.Protocol", "Quorate.KeyValue", "Quorate.Replica", "Quorate.Raft"],
        ["Quorate.Runtime"] = ["Quorate.Replica", "Quorate.Raft", "Quorate.Io", "Quorate.Storage"],
        ["Quorate.Simulation"] = ["Quorate.Replica", "Quorate.Raft", "Quorate.Paxos", "Quorate.Io", "Quorate.Storage", "Quorate.Etcd", "Quorate.Etcd.Protocol", "Quorate.KeyValue"],
        ["Quorate.Client"] = ["Quorate.Grpc", "Quorate.Etcd.Protocol"],
        ["quorate"] =
        [
            "Quorate.Runtime", "Quorate.Replica", "Quorate.Raft", "Quorate.Io", "Quorate.Storage", "Quorate.Etcd",
            "Quorate.Etcd.Protocol", "Quorate.KeyValue", "Quorate.Grpc", "Quorate.Client", "Quorate.Simulation",
        ],
    };

    /// <summary>What the pure layers may use of the framework beside its core: no sockets, no files, no threads of their own.</summary>
    private static readonly string[] ForbiddenBelowRuntime =
    [
        "System.Net.", "System.Threading.Thread", "System.Threading.Tasks.Parallel", "System.Threading.Channels",
        "System.IO.FileSystem", "System.Diagnostics.Process", "Microsoft.AspNetCore", "Microsoft.Extensions",
    ];

    private static readonly string[] PureLayers =
        ["Quorate.Raft", "Quorate.Paxos", "Quorate.Io", "Quorate.Storage", "Quorate.Replica", "Quorate.KeyValue", "Quorate.Etcd", "Quorate.Simulation"];

    public static TheoryData<string> Layers => [.. Allowed.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> Pure => [.. PureLayers];

    [Theory]
    [MemberData(nameof(Layers))]
    public void An_arrow_goes_down_only(string layer)
    {
        string[] references = [.. References(layer).Where(name => Allowed.ContainsKey(name))];

        references.Except(Allowed[layer]).ShouldBeEmpty($"{layer} must not know these layers");
    }

    [Theory]
    [MemberData(nameof(Pure))]
    public void Below_the_runtime_nothing_reaches_the_operating_system(string layer) =>
        References(layer).Where(name => ForbiddenBelowRuntime.Any(name.StartsWith)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Pure))]
    public void Below_the_runtime_every_project_bans_clock_thread_and_unseeded_randomness(string layer)
    {
        string project = Path.Combine(Repository.Root(), "src", layer, layer + ".csproj");

        File.ReadAllText(project).ShouldContain("<QuorateDeterministic>true</QuorateDeterministic>");
    }

    [Fact]
    public void Every_project_under_src_is_a_layer_of_this_list()
    {
        string[] projects = [.. Directory.GetDirectories(Path.Combine(Repository.Root(), "src")).Select(folder => Path.GetFileName(folder))];

        projects.Select(name => name == "Quorate.Server" ? "quorate" : name).Order(StringComparer.Ordinal)
            .ShouldBe(Allowed.Keys.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> References(string layer) =>
        Assembly.Load(layer).GetReferencedAssemblies().Select(name => name.Name!);
}
