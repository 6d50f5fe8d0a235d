using System.Globalization;
using Quorate.Raft.Tests.Harness;

namespace Quorate.Raft.Tests.Scenarios;

/// <summary>What a scenario claims, whatever its golden output says: it fails also while golden output is rewritten.</summary>
public sealed class ScenarioExpectation(HarnessCluster cluster, string command)
{
    public void Check(string[] words)
    {
        switch (words[0])
        {
            case "leader":
                cluster[Number(words[1])].Role.ShouldBe(Role.Leader, command);
                break;
            case "role":
                cluster[Number(words[1])].Role.ToString().ShouldBe(words[2], command);
                break;
            case "term":
                cluster[Number(words[1])].Node.CurrentTerm.ShouldBe(Number(words[2]), command);
                break;
            case "no-leader":
                cluster.Servers.ShouldAllBe(server => server.Role != Role.Leader, command);
                break;
            case "commit":
                cluster[Number(words[1])].Node.CommitIndex.ShouldBe(Number(words[2]), command);
                break;
            case "applied":
                cluster[Number(words[1])].State.Last.Index.ShouldBe(Number(words[2]), command);
                break;
            case "log":
                LogOf(Number(words[1])).Entries.Select(entry => entry.Term).ShouldBe(words[2..].Select(word => (long)Number(word)), command);
                break;
            case "same-logs":
                ExpectSameLogs(words[1..]);
                break;
            case "read":
                ReadRecord read = cluster.Reads[Number(words[1]) - 1];
                (read.Result?.Status.ToString() ?? "waits").ShouldBe(words[2], command);
                break;
            case "quiet":
                cluster.Network.InFlight.ShouldBeEmpty(command);
                break;
            default:
                throw new FormatException($"cannot expect {words[0]}");
        }
    }

    private void ExpectSameLogs(string[] ids)
    {
        int[] numbers = ids.Length > 0 ? [.. ids.Select(Number)] : [.. cluster.Servers.Select(server => (int)server.Id.Value)];
        LogCopy first = LogOf(numbers[0]);
        foreach (int id in numbers)
        {
            LogCopy log = LogOf(id);
            long from = Math.Max(first.Base.Index, log.Base.Index);
            log.Last.ShouldBe(first.Last, command);
            log.Entries.Where(entry => entry.Index > from).ShouldBe(first.Entries.Where(entry => entry.Index > from), command);
        }
    }

    private LogCopy LogOf(int id) => cluster[id].IsUp ? cluster[id].Log : cluster[id].Disk.Log;

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
