using System.Text.Json;
using Quorate.Client;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>
/// Real input: the records of the machine's Debian package index (key: name and version; value: the stanza) are
/// imported while each member in turn is killed and started again; then every record is read back from every member.
/// </summary>
public sealed class PackageIndexTests
{
    /// <summary>Records in the cut of the index that is loaded on every run.</summary>
    private const int CutRecords = 6_000;

    /// <summary>Each killing waits for this many revisions more, so that it falls into the work and not before it.</summary>
    private const long RevisionsBetweenKillings = 20;

    /// <summary>
    /// One import for each member, in small transactions, so that each is certain to be under way when its member is
    /// killed: an import that ended before that fails the test.
    /// </summary>
    [Fact]
    public async Task A_cut_of_the_package_index_survives_the_killing_of_each_member_in_turn()
    {
        using var folder = new TemporaryFolder();
        SortedDictionary<string, string> records = await PackageIndex.ReadAsync(CutRecords);

        // Small counts of entries bring snapshots, and transfers of snapshots, into the run.
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync(3, "--snapshot-count", "50");
        KeyValuePair<string, string>[][] parts = [.. records.Chunk((records.Count + 2) / 3)];
        for (int i = 0; i < cluster.Members.Count; i++)
        {
            MemberProcess member = cluster.Members[i];
            string input = await WriteAsync(folder, $"packages-{i}.jsonl", parts[i]);
            Task<ProgramResult> import = ImportAsync(cluster, input, "--batch", "4", "--in-flight", "2");

            await StoreGrowsAsync(cluster, import);
            import.IsCompleted.ShouldBeFalse($"the import must be under way when {member.Name} is killed");
            await member.KillAsync();
            await member.StartAsync();

            StoredRecords(await import).ShouldBe(parts[i].Length);
            File.Exists(input + ".resume").ShouldBeFalse("an import that is complete leaves nothing to resume");
        }

        await EveryMemberHasAsync(cluster, records, folder);
    }

    [FullIndexFact]
    public async Task The_whole_package_index_survives_the_killing_of_each_member_in_turn()
    {
        using var folder = new TemporaryFolder();
        SortedDictionary<string, string> records = await PackageIndex.ReadAsync(int.MaxValue);
        string input = await WriteAsync(folder, "packages.jsonl", records);
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync(3, "--snapshot-count", "50");
        Task<ProgramResult> import = ImportAsync(cluster, input);

        int killings = 0;
        while (!import.IsCompleted)
        {
            await StoreGrowsAsync(cluster, import);
            MemberProcess member = cluster.Members[killings++ % cluster.Members.Count];
            await member.KillAsync();
            await member.StartAsync();
        }

        killings.ShouldBeGreaterThanOrEqualTo(3, "each member must have been killed at least once");
        StoredRecords(await import).ShouldBe(records.Count);
        await EveryMemberHasAsync(cluster, records, folder);
    }

    private static async Task<string> WriteAsync(TemporaryFolder folder, string name, IEnumerable<KeyValuePair<string, string>> records)
    {
        string path = folder.File(name);
        await File.WriteAllLinesAsync(path, records.Select(record => JsonSerializer.Serialize(new { key = record.Key, value = record.Value })));
        return path;
    }

    private static Task<ProgramResult> ImportAsync(ClusterProcesses cluster, string input, params string[] more) =>
        Programs.RunAsync(Programs.Quorate, ["import", input, "--endpoints", cluster.Endpoints, "--output", "json", .. more]);

    private static long StoredRecords(ProgramResult import)
    {
        using JsonDocument summary = JsonDocument.Parse(import.Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        return summary.RootElement.GetProperty("records").GetInt64();
    }

    /// <summary>Waits until the store has got some way on, or the import has ended.</summary>
    private static async Task StoreGrowsAsync(ClusterProcesses cluster, Task import)
    {
        using var client = new QuorateClient(new QuorateClientOptions { Endpoints = [.. cluster.Members.Select(member => member.Endpoint)], Timeout = TimeSpan.FromMinutes(1) });
        long before = await RevisionAsync(client);
        while (!import.IsCompleted && await RevisionAsync(client) < before + RevisionsBetweenKillings)
        {
            await Task.Yield();
        }
    }

    private static async Task<long> RevisionAsync(QuorateClient client) =>
        (await client.RangeAsync(new() { Key = Google.Protobuf.ByteString.CopyFromUtf8("a"), CountOnly = true })).Header.Revision;

    /// <summary>Reads all back from each member: linearizably, and then what the member itself holds, whatever the others have.</summary>
    private static async Task EveryMemberHasAsync(ClusterProcesses cluster, SortedDictionary<string, string> records, TemporaryFolder folder)
    {
        foreach (MemberProcess member in cluster.Members)
        {
            string file = folder.File($"export-{member.Name}.jsonl");
            (await Programs.RunAsync(Programs.Quorate, ["export", file, "--endpoints", member.Endpoint])).Succeeded();
            MustBe(await ReadAsync(file), records, member);

            ProgramResult local = await Programs.RunAsync(
                Programs.Quorate, ["get", "", "--prefix", "--serializable", "--output", "json", "--endpoints", member.Endpoint]);
            using JsonDocument held = JsonDocument.Parse(local.Succeeded());
            MustBe(held.RootElement.GetProperty("kvs").EnumerateArray().Select(RecordOf), records, member);
        }
    }

    private static async Task<List<KeyValuePair<string, string>>> ReadAsync(string file)
    {
        var records = new List<KeyValuePair<string, string>>();
        await foreach (string line in File.ReadLinesAsync(file))
        {
            using JsonDocument record = JsonDocument.Parse(line);
            records.Add(RecordOf(record.RootElement));
        }

        return records;
    }

    private static KeyValuePair<string, string> RecordOf(JsonElement record) =>
        new(record.GetProperty("key").GetString()!, record.GetProperty("value").GetString()!);

    /// <summary>Compares by hand: a message that shows both sides would be tens of megabytes long.</summary>
    private static void MustBe(IEnumerable<KeyValuePair<string, string>> found, SortedDictionary<string, string> expected, MemberProcess member)
    {
        var left = new Dictionary<string, string>(expected, StringComparer.Ordinal);
        foreach ((string key, string value) in found)
        {
            left.Remove(key, out string? wanted).ShouldBeTrue($"member {member.Name} has '{key}', which is not of the input, or has it twice");
            value.ShouldBe(wanted, $"'{key}' on member {member.Name}");
        }

        left.Keys.ShouldBeEmpty($"records that member {member.Name} lacks");
    }
}
