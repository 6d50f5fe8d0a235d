using System.Runtime.CompilerServices;
using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Client.Tests;

/// <summary>docs/client.md: each of its snippets is one of those that run here, line by line.</summary>
public sealed class ClientDocumentationTests
{
    [Fact]
    public void Every_snippet_of_the_page_is_run_by_these_tests()
    {
        string page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "docs", "client.md"));
        HashSet<string> lines = [.. File.ReadAllLines(ThisFile()).Select(line => line.Trim())];
        string[] snippets = [.. page.Split("```csharp\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)])];

        snippets.Length.ShouldBe(6);
        foreach (string line in snippets.SelectMany(snippet => snippet.Split('\n')).Select(line => line.Trim()))
        {
            lines.ShouldContain(line);
        }
    }

    [Fact]
    public void A_client_is_made_of_endpoints()
    {
        using var client = new QuorateClient("127.0.0.1:12379", "127.0.0.1:22379", "127.0.0.1:32379");
        client.Endpoints.Count.ShouldBe(3);
    }

    [NeedsEtcdFact]
    public async Task The_snippets_do_what_the_page_says()
    {
        await using EtcdProcesses etcd = await EtcdProcesses.StartAsync();
        using var client = new QuorateClient(etcd.Endpoints);
        await KeysAndTransactionsAsync(client);
        await WatchesAsync(client);
        await LeasesAsync(client);
        await LocksAsync(client);
        await ElectionsAsync(client);
    }

    private static async Task KeysAndTransactionsAsync(QuorateClient client)
    {
        await client.PutAsync("greeting", "hello");
        KeyValue? greeting = await client.GetAsync("greeting");

        TxnResponse moved = await client.TxnAsync(new TransactionBuilder()
            .If(Compares.ModRevision("greeting").EqualTo(greeting!.ModRevision), Compares.Absent("farewell"))
            .Then(Operations.Put("farewell", "goodbye"), Operations.Delete("greeting"))
            .Else(Operations.Get(KeyRange.All)));

        moved.Succeeded.ShouldBeTrue();
    }

    private static async Task WatchesAsync(QuorateClient client)
    {
        using var stopping = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        CancellationToken stop = stopping.Token;
        var Console = new Lines(stopping, 2);

        RangeResponse now = await client.RangeAsync(new RangeRequest { Key = KeyRange.Prefix("jobs/").Key, RangeEnd = KeyRange.Prefix("jobs/").RangeEnd });
        await client.PutAsync("jobs/1", "begun");
        await client.DeleteAsync("jobs/1");
        try
        {
            await foreach (WatchEvent happened in client.WatchAsync(KeyRange.Prefix("jobs/"), new WatchOptions { StartRevision = now.Header.Revision + 1 }, stop))
            {
                Console.WriteLine($"{happened.Type} {happened.Key} = {happened.Value} at {happened.Revision}");
            }
        }
        catch (OperationCanceledException)
        {
            // The token ends it.
        }

        Console.Written.ShouldBe([$"Put jobs/1 = begun at {now.Header.Revision + 1}", $"Delete jobs/1 =  at {now.Header.Revision + 2}"]);
    }

    private static async Task LeasesAsync(QuorateClient client)
    {
        long id;
        {
            await using LeaseHandle lease = await client.GrantLeaseAsync(TimeSpan.FromSeconds(10));
            await client.PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8("workers/7"), Lease = lease.Id });
            await WorkAsync(lease.Lost);
            id = lease.Id;
        }

        (await client.LeaseTimeToLiveAsync(id)).TTL.ShouldBe(-1);
        (await client.GetAsync("workers/7")).ShouldBeNull();

        async Task WorkAsync(CancellationToken lost) => (await client.GetAsync("workers/7", lost)).ShouldNotBeNull();
    }

    private static async Task LocksAsync(QuorateClient client)
    {
        await using LockHandle held = await client.LockAsync("reports");
        TxnResponse written = await client.TxnAsync(new TransactionBuilder()
            .If(held.IsHeld)
            .Then(Operations.Put("report", "the newest")));

        written.Succeeded.ShouldBeTrue();
    }

    private static async Task ElectionsAsync(QuorateClient client)
    {
        using var stopping = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        CancellationToken stop = stopping.Token;
        var Console = new Lines(stopping, 1);

        await using LeadershipHandle leadership = await client.CampaignAsync("scheduler", "node 1");
        await leadership.ProclaimAsync("node 1, ready");
        KeyValue? leader = await client.LeaderAsync("scheduler");
        try
        {
            await foreach (KeyValue next in client.ObserveAsync("scheduler", stop))
            {
                Console.WriteLine($"{next.Value.ToStringUtf8()} leads");
            }
        }
        catch (OperationCanceledException)
        {
            // The token ends it.
        }

        leader!.Key.ShouldBe(leadership.Key);
        Console.Written.ShouldBe(["node 1, ready leads"]);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    /// <summary>Stands for the console: keeps what is written, and stops once that is enough.</summary>
    private sealed class Lines(CancellationTokenSource stopping, int enough)
    {
        public List<string> Written { get; } = [];

        public void WriteLine(string line)
        {
            Written.Add(line);
            if (Written.Count == enough)
            {
                stopping.Cancel();
            }
        }
    }
}
