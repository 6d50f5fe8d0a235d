using System.Globalization;
using Quorate.Raft.Messages;
using Quorate.Raft.Tests.Harness;

namespace Quorate.Raft.Tests.Scenarios;

/// <summary>Carries out the commands of a scenario. README.md in this folder lists them.</summary>
public sealed class ScenarioRunner
{
    private readonly List<string> _output = [];
    private readonly List<Action<HarnessCluster>> _preparations = [];
    private readonly Dictionary<string, List<Message>> _held = [];
    private HarnessClusterOptions _options = new();
    private HarnessCluster? _cluster;
    private ServerChanges[] _changes = [];
    private int _readsTold;

    private HarnessCluster Cluster => _cluster ?? Start();

    /// <summary>Runs one command.</summary>
    /// <returns>What it printed.</returns>
    public IReadOnlyList<string> Run(string command)
    {
        _output.Clear();
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool quietly = words[0] == "quietly";
        if (quietly)
        {
            words = words[1..];
        }

        try
        {
            Carry(words, command);
        }
        catch (Exception problem) when (problem is FormatException or IndexOutOfRangeException or ArgumentException)
        {
            throw new FormatException($"cannot do \"{command}\": {problem.Message}", problem);
        }

        return quietly ? [] : [.. _output];
    }

    private void Carry(string[] words, string command)
    {
        switch (words[0])
        {
            case "cluster":
                SetUp(words);
                break;
            case "prepare":
                PrepareLog(words);
                break;
            case "start":
                Start();
                break;
            case "campaign":
                Act(() => Cluster.Campaign(Number(words[1])));
                break;
            case "tick":
                Ticks(words);
                break;
            case "run":
                RunTicks(Number(words[1]));
                break;
            case "deliver":
                Deliver(words);
                break;
            case "drop":
                Drop(words);
                break;
            case "repeat":
                Cluster.Network.Duplicate(FirstFitting(words[1]));
                break;
            case "hold":
                Hold(words[1], words[3]);
                break;
            case "copy":
                _held[words[3]] = Fitting(words[1]);
                break;
            case "release":
                Release(words[1]);
                break;
            case "cut":
                Cut(words);
                break;
            case "disconnect":
                Array.ForEach(words[1..], link => Act(() => Cluster.ConnectionLost(Link(link).From, Link(link).To)));
                break;
            case "heal":
                Cluster.Network.HealAll();
                break;
            case "isolate":
                Cluster.Isolate(Number(words[1]));
                break;
            case "propose":
                Propose(Number(words[1]), words[2]);
                break;
            case "read":
                Act(() => Cluster.Read(Number(words[1])));
                break;
            case "transfer":
                Act(() => Tell($"{words[1]} hands over to {words[2]}: {Cluster.Transfer(Number(words[1]), Number(words[2]))}"));
                break;
            case "snapshot":
                Act(() => Cluster.TakeSnapshot(Number(words[1]), words.Length > 3 ? Number(words[3]) : 0));
                break;
            case "forget":
                int kept = words.Length > 3 ? Number(words[3]) : 0;
                Act(() => Cluster.ForgetLog(Number(words[1]), kept, words.Length > 5 ? Number(words[5]) : kept));
                break;
            case "disk":
                SetDisk(Number(words[1]), words[2]);
                break;
            case "flush":
                Flush(Number(words[1]), words.Length > 2 ? Number(words[2]) : int.MaxValue);
                break;
            case "crash":
                Act(() => Cluster.Crash(Number(words[1]), words.Length > 3 ? Number(words[3]) : 0));
                break;
            case "restart":
                Act(() => Cluster.Restart(Number(words[1])));
                Status(Number(words[1]));
                break;
            case "status":
                ForEach(words, Status);
                break;
            case "log":
                ForEach(words, Log);
                break;
            case "network":
                Network();
                break;
            case "expect":
                new ScenarioExpectation(Cluster, command).Check(words[1..]);
                break;
            default:
                throw new FormatException("no such command");
        }
    }

    private void SetUp(string[] words)
    {
        _cluster = null;
        _readsTold = 0;
        _preparations.Clear();
        _options = new HarnessClusterOptions { Voters = Number(words[1]), TakesWantedSnapshots = false, Prepare = cluster => _preparations.ForEach(prepare => prepare(cluster)) };
        foreach (string word in words.Skip(2))
        {
            string[] setting = word.Split('=');
            int value = Number(setting[1]);
            Func<RaftOptions, RaftOptions> configure = _options.Configure;
            _options = setting[0] switch
            {
                "learners" => _options with { Learners = value },
                "seed" => _options with { Seed = (ulong)value },
                "entries" => _options with { Configure = options => configure(options) with { MessageEntriesMax = value } },
                "inflight" => _options with { Configure = options => configure(options) with { InflightMessagesMax = value } },
                "heartbeat" => _options with { Configure = options => configure(options) with { HeartbeatTicks = value } },
                "chunk" => _options with { Configure = options => configure(options) with { SnapshotChunkBytesMax = value } },
                _ => throw new FormatException($"no setting {setting[0]}"),
            };
        }
    }

    /// <summary>prepare 1 terms 1 1 4 [term 7] [vote 2]: a log as in the paper's figures, written as the terms of its entries.</summary>
    private void PrepareLog(string[] words)
    {
        int id = Number(words[1]);
        List<Entry> entries = [];
        long term = 0;
        MemberId vote = MemberId.None;
        for (int i = 3; i < words.Length; i++)
        {
            switch (words[i])
            {
                case "term":
                    term = Number(words[++i]);
                    break;
                case "vote":
                    vote = new MemberId((ulong)Number(words[++i]));
                    break;
                default:
                    int index = entries.Count + 1;
                    byte[] bytes = System.Text.Encoding.UTF8.GetBytes($"{words[i]}.{index}");
                    entries.Add(new Entry(Number(words[i]), index, EntryKind.Command, bytes));
                    term = Math.Max(term, entries[^1].Term);
                    break;
            }
        }

        _preparations.Add(cluster => cluster[id].Disk.Prepare(new HardState(term, vote), entries));
    }

    private HarnessCluster Start()
    {
        _cluster = new HarnessCluster(_options);
        _changes = [.. _cluster.Servers.Select(server => new ServerChanges(server))];
        foreach (ServerChanges changes in _changes)
        {
            _ = changes.Take();
        }

        return _cluster;
    }

    private void Act(Action action)
    {
        _ = Cluster;
        action();
        foreach (ServerChanges changes in _changes)
        {
            foreach (string line in changes.Take())
            {
                Tell(line);
            }
        }

        foreach (ReadRecord read in Cluster.Reads.Where(read => read.Result is not null).Skip(_readsTold))
        {
            _readsTold++;
            ReadResult result = read.Result!.Value;
            Tell($"read {read.Id} at {read.Server}: {result.Status}{(result.Status == ReadStatus.Confirmed ? $" at {result.Index}" : "")}");
        }
    }

    private void Propose(int id, string command) => Act(() =>
    {
        ProposeResult result = Cluster.Propose(id, command);
        if (result.Status != ProposeStatus.Accepted)
        {
            Tell($"refused: {result.Status}");
        }
    });

    private void Ticks(string[] words)
    {
        int count = words.Length > 2 ? Number(words[2]) : 1;
        for (int i = 0; i < count; i++)
        {
            foreach (HarnessServer server in Cluster.Servers)
            {
                if (server.IsUp && (words[1] == "all" || words[1].Split(',').Contains(server.Id.ToString())))
                {
                    Act(() => Cluster.Tick((int)server.Id.Value));
                }
            }
        }
    }

    /// <summary>Time and messages run by themselves; only what changes is told.</summary>
    private void RunTicks(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Act(() => Cluster.RunTicks(1));
        }
    }

    /// <summary>deliver: until nothing is on its way. deliver round: what is on its way now. deliver 1->2: what is on that link now.</summary>
    private void Deliver(string[] words)
    {
        if (words.Length == 1)
        {
            while (Cluster.Network.InFlight.Count > 0)
            {
                DeliverAt(0);
            }

            return;
        }

        if (words[1] == "round")
        {
            for (int count = Cluster.Network.InFlight.Count; count > 0; count--)
            {
                DeliverAt(0);
            }

            return;
        }

        foreach (string link in words[1..])
        {
            for (int count = Fitting(link).Count; count > 0; count--)
            {
                DeliverAt(FirstFitting(link));
            }
        }
    }

    private void DeliverAt(int at)
    {
        Message message = Cluster.Network.TakeAt(at);
        bool arrives = Cluster[message.To].IsUp;
        Tell($"{MessageText.Of(message)}{(arrives ? "" : "  (nobody there)")}");
        Act(() => Cluster.Deliver(message));
    }

    private void Drop(string[] words)
    {
        foreach (string link in words[1..])
        {
            List<Message> messages = Fitting(link);
            Cluster.Network.Drop(message => Fits(message, link));
            messages.ForEach(message => Tell($"{MessageText.Of(message)}  (lost)"));
        }
    }

    private void Hold(string link, string name)
    {
        List<Message> messages = Fitting(link);
        Cluster.Network.Drop(message => Fits(message, link));
        _held[name] = messages;
        messages.ForEach(message => Tell($"{MessageText.Of(message)}  (held up)"));
    }

    private void Release(string name)
    {
        _held[name].ForEach(Cluster.Network.Hold);
        _held.Remove(name);
    }

    private void Cut(string[] words)
    {
        int bar = Array.IndexOf(words, "|");
        if (bar < 0)
        {
            (int from, int to) = Link(words[1]);
            Cluster.Cut(from, to);
            return;
        }

        foreach (int left in words[1..bar].Select(Number))
        {
            foreach (int right in words[(bar + 1)..].Select(Number))
            {
                Cluster.Cut(left, right);
                Cluster.Cut(right, left);
            }
        }
    }

    private void SetDisk(int id, string how)
    {
        HarnessServer server = Cluster[id];
        switch (how)
        {
            case "waits":
                server.FlushesAtOnce = false;
                break;
            case "flushes":
                server.FlushesAtOnce = true;
                Act(() => Cluster.HangDisk(id, false));
                break;
            case "hangs":
                Cluster.HangDisk(id, true);
                break;
            default:
                throw new FormatException("a disk waits, flushes or hangs");
        }
    }

    private void Flush(int id, int count)
    {
        while (count-- > 0 && Cluster[id].Disk.Pending.Count > 0)
        {
            Act(() => Cluster.FlushOne(id));
        }

        while (Cluster[id].UnstoredChunks.Count > 0 && count-- > 0)
        {
            Act(() => Cluster.StoreChunk(id));
        }
    }

    private void Status(int id)
    {
        HarnessServer server = Cluster[id];
        if (!server.IsUp)
        {
            Tell($"{id} is down");
            return;
        }

        RaftNode node = server.Node;
        Tell(
            $"{id} {node.Role} term {node.CurrentTerm} vote {MessageText.Of(node.VotedFor)} leader {MessageText.Of(node.LeaderId)} " +
            $"log {node.LastLog} commit {node.CommitIndex} applied {server.State.Last.Index}");
    }

    private void Log(int id)
    {
        LogCopy log = Cluster[id].IsUp ? Cluster[id].Log : Cluster[id].Disk.Log;
        string before = log.Base == LogPosition.Start ? "" : $"(from after {log.Base}) ";
        Tell($"{id}: {before}{string.Join(", ", log.Entries.Select(MessageText.Of))}".TrimEnd());
    }

    private void Network()
    {
        foreach (Envelope envelope in Cluster.Network.InFlight)
        {
            Tell(MessageText.Of(envelope.Message));
        }

        if (Cluster.Network.InFlight.Count == 0)
        {
            Tell("nothing is on its way");
        }
    }

    private void ForEach(string[] words, Action<int> action)
    {
        IEnumerable<int> ids = words.Length > 1 ? words[1..].Select(Number) : Cluster.Servers.Select(server => (int)server.Id.Value);
        foreach (int id in ids)
        {
            action(id);
        }
    }

    private List<Message> Fitting(string link) =>
        [.. Cluster.Network.InFlight.Select(envelope => envelope.Message).Where(message => Fits(message, link))];

    private int FirstFitting(string link)
    {
        for (int i = 0; i < Cluster.Network.InFlight.Count; i++)
        {
            if (Fits(Cluster.Network.InFlight[i].Message, link))
            {
                return i;
            }
        }

        throw new FormatException($"nothing is on its way {link}");
    }

    /// <summary>1->2, *->2, 1->* or *->*.</summary>
    private static bool Fits(Message message, string link)
    {
        string[] ends = link.Split("->");
        return (ends[0] == "*" || ends[0] == message.From.ToString()) && (ends[1] == "*" || ends[1] == message.To.ToString());
    }

    private static (int From, int To) Link(string link)
    {
        string[] ends = link.Split("->");
        return (Number(ends[0]), Number(ends[1]));
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private void Tell(string line) => _output.Add(line);
}
