using System.Diagnostics;
using Quorate.Client;
using Quorate.EndToEnd.Tests.Harness;

namespace Quorate.EndToEnd.Tests;

/// <summary>Members that are stopped, or whose disk fails, under load: the others go on, and no acknowledged write is lost.</summary>
public sealed class ShutdownTests
{
    private const int Writers = 16;
    private const int WritesBetween = 200;
    private const int Sigterm = 15;

    [Fact]
    public async Task Each_member_in_turn_stops_in_order_under_load_and_nothing_acknowledged_is_lost()
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync();
        await using var writer = new Writer(cluster, Writers);
        int[] signals = [Sigterm, MemberProcess.Sigint, Sigterm];
        for (int i = 0; i < cluster.Members.Count; i++)
        {
            MemberProcess member = cluster.Members[i];
            await writer.WritesMoreAsync(WritesBetween);

            (await member.StopAsync(signals[i])).ShouldBe(0, member.Log);

            await writer.WritesMoreAsync(WritesBetween);
            await member.StartAsync();
        }

        await Writer.AllAreThereAsync(cluster, await writer.StopAsync());
    }

    [Fact]
    public async Task All_members_stop_in_order_at_once_under_load_and_find_everything_again()
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync();
        await using var writer = new Writer(cluster, Writers);
        await writer.WritesMoreAsync(WritesBetween);

        int[] exitCodes = await Task.WhenAll(cluster.Members.Select(member => member.StopAsync()));
        exitCodes.ShouldAllBe(exitCode => exitCode == 0);

        await Task.WhenAll(cluster.Members.Select(member => member.StartAsync()));
        await Writer.AllAreThereAsync(cluster, await writer.StopAsync());
    }

    [Fact]
    public async Task A_member_that_waits_for_the_others_stops_when_it_is_told()
    {
        using var folder = new TemporaryFolder();
        int peerPort = Ports.Take();
        string initialCluster = $"m=http://127.0.0.1:{peerPort},absent=http://127.0.0.1:{Ports.Take()}";
        await using var member = new MemberProcess("m", folder.File("m"), Ports.Take(), peerPort, initialCluster);
        member.Launch();
        await member.SaysAsync("Listening for peers");

        (await member.StopAsync()).ShouldBe(0, member.Log);
        member.Log.ShouldContain("has stopped");
    }

    [Fact]
    public async Task A_member_whose_disk_fails_says_so_and_ends_while_the_others_go_on()
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync();
        await using var writer = new Writer(cluster, Writers);
        await writer.WritesMoreAsync(WritesBetween);
        MemberProcess leader = await LeaderAsync(cluster);

        leader.FailDisk();

        (await leader.EndedAsync()).ShouldBe(1);
        leader.Log.ShouldContain("has stopped for good");
        leader.Log.ShouldContain($"cannot write '{leader.DataFolder}");
        await writer.WritesMoreAsync(WritesBetween);

        await leader.StartAsync();
        await Writer.AllAreThereAsync(cluster, await writer.StopAsync());
    }

    [Fact]
    public async Task A_member_that_lost_its_data_folder_says_so_and_ends_and_its_old_one_is_welcome_again()
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync();
        await using var writer = new Writer(cluster, Writers);
        await writer.WritesMoreAsync(WritesBetween);
        MemberProcess lost = cluster.Members[1];
        (await lost.StopAsync()).ShouldBe(0, lost.Log);
        Directory.Move(lost.DataFolder, lost.DataFolder + ".away");

        lost.Launch();

        (await lost.EndedAsync()).ShouldBe(1);
        lost.Log.ShouldContain("this member's data folder is new, but the cluster knows it by an earlier one");
        lost.Log.ShouldContain("put the earlier data folder back");
        await writer.WritesMoreAsync(WritesBetween);

        Directory.Delete(lost.DataFolder, recursive: true);
        Directory.Move(lost.DataFolder + ".away", lost.DataFolder);
        await lost.StartAsync();
        await Writer.AllAreThereAsync(cluster, await writer.StopAsync());
    }

    [Fact]
    public async Task The_local_cluster_ends_with_the_terminal_that_it_runs_in()
    {
        using var folder = new TemporaryFolder();
        int port = Ports.Take();
        using Process cluster = Programs.Start(
            Programs.Quorate, ["dev", "--members", "1", "--client-port", $"{port}", "--data-dir", folder.Path]);
        int member = 0;
        try
        {
            using var client = new QuorateClient(new QuorateClientOptions { Endpoints = [$"127.0.0.1:{port}"], Timeout = TimeSpan.FromMinutes(1) });
            await client.PutAsync("k", "v");
            member = int.Parse((await Programs.RunAsync("pgrep", ["-P", $"{cluster.Id}"])).Succeeded());
        }
        finally
        {
            cluster.Kill();
        }

        // Killed as it is it can tell nobody; its member finds that its standard input has closed.
        while (File.Exists($"/proc/{member}/cmdline") && (await File.ReadAllTextAsync($"/proc/{member}/cmdline")).Contains("quorate", StringComparison.Ordinal))
        {
            await Task.Delay(50);
        }

        (await File.ReadAllTextAsync(folder.File("m1.log"))).ShouldContain("Quorate");
    }

    private static async Task<MemberProcess> LeaderAsync(ClusterProcesses cluster)
    {
        foreach (MemberProcess member in cluster.Members)
        {
            using var client = new QuorateClient(member.Endpoint);
            var status = await client.StatusAsync();
            if (status.Leader == status.Header.MemberId)
            {
                return member;
            }
        }

        throw new InvalidOperationException("no member leads");
    }
}
