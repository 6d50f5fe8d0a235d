using System.Text.Json;
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

    [Fact]
    public Task A_cut_of_the_package_index_survives_the_killing_of_each_member_in_turn() => LoadUnderFireAsync(CutRecords, killings: 3);

    [FullIndexFact]
    public Task The_whole_package_index_survives_the_killing_of_each_member_in_turn() => LoadUnderFireAsync(int.MaxValue, killings: 9);

    private static async Task LoadUnderFireAsync(int recordsMax, int killings)
    {
        using var folder = new TemporaryFolder();
        SortedDictionary<string, string> records = await PackageIndex.ReadAsync(recordsMax);
        string input = folder.File("packages.jsonl");
        await File.WriteAllLinesAsync(input, records.Select(record => JsonSerializer.Serialize(new { key = record.Key, value = record.Value })));

        // Small counts of entries bring snapshots, and transfers of snapshots, into the run.
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync(3, "--snapshot-count", "20");
        Task<ProgramResult> import = Programs.RunAsync(
            Programs.Quorate, ["import", input, "--endpoints", cluster.Endpoints, "--batch", "64", "--in-flight", "4", "--output", "json"]);
        await KillInTurnAsync(cluster, killings, import);

        using JsonDocument summary = JsonDocument.Parse((await import).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        summary.RootElement.GetProperty("records").GetInt64().ShouldBe(records.Count);
        File.Exists(input + ".resume").ShouldBeFalse("an import that is complete leaves nothing to resume");

        foreach (MemberProcess member in cluster.Members)
        {
            (await ReadBackAsync(member, folder)).ShouldBe(records, $"member {member.Name}");
        }
    }

    /// <summary>
    /// Kills each member in turn, and starts it again, while the import runs: each time once the import has come
    /// further since the last, so that every killing falls into the work. An import that is faster than the
    /// killings still meets the first.
    /// </summary>
    private static async Task KillInTurnAsync(ClusterProcesses cluster, int killings, Task import)
    {
        for (int i = 0; i < killings && !(import.IsCompleted && i > 0); i++)
        {
            MemberProcess member = cluster.Members[i % cluster.Members.Count];
            await member.KillAsync();
            await member.StartAsync();
        }
    }

    private static async Task<SortedDictionary<string, string>> ReadBackAsync(MemberProcess member, TemporaryFolder folder)
    {
        string file = folder.File($"export-{member.Name}.jsonl");
        (await Programs.RunAsync(Programs.Quorate, ["export", file, "--endpoints", member.Endpoint])).Succeeded();
        var records = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (string line in File.ReadLinesAsync(file))
        {
            using JsonDocument record = JsonDocument.Parse(line);
            records.Add(record.RootElement.GetProperty("key").GetString()!, record.RootElement.GetProperty("value").GetString()!);
        }

        return records;
    }
}
