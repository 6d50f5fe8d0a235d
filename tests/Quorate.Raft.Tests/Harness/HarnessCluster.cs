using System.Text;
using Quorate.Raft.Messages;

namespace Quorate.Raft.Tests.Harness;

/// <summary>
/// Several servers in one thread, with a network and disks that do what the test says. After every event the
/// invariants are checked. Equal seeds and equal calls give equal runs.
/// </summary>
public sealed class HarnessCluster
{
    private const int DeliveriesPerTickMax = 100_000;
    private readonly HarnessClusterOptions _options;
    private readonly SeededRandom _seeds;
    private readonly HarnessServer[] _servers;
    private readonly List<ProposalRecord> _proposals = [];
    private readonly List<ReadRecord> _reads = [];

    public HarnessCluster(HarnessClusterOptions options)
    {
        _options = options;
        _seeds = new SeededRandom(options.Seed);
        Network = new HarnessNetwork(_seeds.Fork());
        InitialConfiguration = new Configuration(Ids(1, options.Voters), Ids(options.Voters + 1, options.Learners));
        Watcher = new SafetyWatcher(this);
        _servers = [.. InitialConfiguration.Members.Select(id => new HarnessServer(this, id))];
        options.Prepare?.Invoke(this);
        foreach (HarnessServer server in _servers)
        {
            server.Start();
            Watcher.AfterEvent(server);
        }
    }

    public Configuration InitialConfiguration { get; }

    public IReadOnlyList<HarnessServer> Servers => _servers;

    public HarnessNetwork Network { get; }

    public SafetyWatcher Watcher { get; }

    public IReadOnlyList<ProposalRecord> Proposals => _proposals;

    public IReadOnlyList<ReadRecord> Reads => _reads;

    /// <summary>Told of everything that happens, where somebody wants to read it.</summary>
    public Action<string>? Trace { get; set; }

    public HarnessServer this[int id] => _servers[id - 1];

    public HarnessServer this[MemberId id] => _servers[(int)id.Value - 1];

    /// <summary>The leader with the highest term, if there is one that is up.</summary>
    public HarnessServer? Leader =>
        _servers.Where(server => server.Role == Role.Leader).MaxBy(server => server.Node.CurrentTerm);

    public RaftOptions OptionsOf(MemberId id, int start) => _options.Configure(new RaftOptions
    {
        Id = id,
        Seed = unchecked((_options.Seed * 1_000_003) + (id.Value * 1009) + (ulong)start),
    });

    // Time

    public void Tick(int id)
    {
        this[id].Run(node => node.Tick());
        After(id);
    }

    /// <summary>Each server that is up ticks once, then everything that is due is delivered, and what follows from it.</summary>
    public void RunTicks(int count)
    {
        for (int i = 0; i < count; i++)
        {
            RunTick();
        }
    }

    /// <summary>Runs until the condition holds.</summary>
    /// <returns>Whether it came to hold within the ticks.</returns>
    public bool RunUntil(Func<bool> condition, int ticksMax)
    {
        for (int i = 0; i < ticksMax; i++)
        {
            if (condition())
            {
                return true;
            }

            RunTick();
        }

        return condition();
    }

    /// <summary>Ticks one server alone until its election timer fires.</summary>
    public void Campaign(int id)
    {
        (Role role, long term) before = (this[id].Node.Role, this[id].Node.CurrentTerm);
        int sent = Network.InFlight.Count;
        for (int i = 0; i < 100; i++)
        {
            Tick(id);
            if ((this[id].Node.Role, this[id].Node.CurrentTerm) != before || Network.InFlight.Count != sent)
            {
                return;
            }
        }

        throw new SafetyViolationException($"the election timer of server {id} never fires");
    }

    // Messages

    /// <summary>Sends on behalf of a server.</summary>
    public void Send(Message message)
    {
        Trace?.Invoke($"send {MessageText.Of(message)}");
        Network.Send(message);
    }

    public void Deliver(Message message)
    {
        HarnessServer receiver = this[message.To];
        if (!receiver.IsUp || Network.IsCut(message.From, message.To))
        {
            return;
        }

        Trace?.Invoke($"deliver {MessageText.Of(message)}");
        receiver.Run(node => node.Step(message));
        Watcher.AfterEvent(receiver);
    }

    /// <summary>Delivers what is due until nothing is on its way that could arrive now.</summary>
    public void DeliverDue()
    {
        int count = 0;
        for (List<Envelope> due = Network.TakeDue(); due.Count > 0; due = Network.TakeDue())
        {
            foreach (Envelope envelope in due)
            {
                Deliver(envelope.Message);
                if (++count > DeliveriesPerTickMax)
                {
                    throw new SafetyViolationException("the conversation never ends");
                }
            }
        }
    }

    public void Cut(int from, int to)
    {
        Trace?.Invoke($"cut {from} -> {to}");
        Network.Cut(this[from].Id, this[to].Id);
    }

    /// <summary>Cuts a server off from all others, both ways.</summary>
    public void Isolate(int id)
    {
        foreach (HarnessServer other in _servers)
        {
            if (other.Id != this[id].Id)
            {
                Cut(id, (int)other.Id.Value);
                Cut((int)other.Id.Value, id);
            }
        }
    }

    /// <summary>Undoes <see cref="Isolate"/>, except towards servers that are isolated themselves.</summary>
    public void Join(int id, Func<int, bool>? stillIsolated = null)
    {
        foreach (HarnessServer other in _servers)
        {
            if (other.Id != this[id].Id && stillIsolated?.Invoke((int)other.Id.Value) != true)
            {
                Network.Heal(this[id].Id, other.Id);
                Network.Heal(other.Id, this[id].Id);
            }
        }
    }

    /// <summary>The connection by which the messages of one server came to another has ended, and the other hears of it.</summary>
    public void ConnectionLost(int from, int to)
    {
        Trace?.Invoke($"{to} loses the connection of {from}");
        if (this[to].IsUp)
        {
            this[to].Run(node => node.ConnectionLost(this[from].Id));
            After(to);
        }
    }

    // Disks and crashes

    /// <summary>The oldest write of a server reaches its disk.</summary>
    public void FlushOne(int id)
    {
        Trace?.Invoke($"flush {id}");
        this[id].FlushOne();
        After(id);
    }

    public void StoreChunk(int id)
    {
        Trace?.Invoke($"store a chunk at {id}");
        this[id].StoreChunk();
        After(id);
    }

    /// <summary>A disk that hangs keeps all writes waiting; one that no longer hangs catches up.</summary>
    public void HangDisk(int id, bool hangs)
    {
        Trace?.Invoke($"the disk of {id} {(hangs ? "hangs" : "works again")}");
        this[id].Disk.Hangs = hangs;
        if (!hangs)
        {
            this[id].Run(_ => { });
            After(id);
        }
    }

    public void Crash(int id, int batchesKept = 0)
    {
        Trace?.Invoke($"crash {id}, {batchesKept} of {this[id].Disk.Pending.Count} writes kept");
        this[id].Crash(batchesKept);
        foreach (ReadRecord read in _reads.Where(read => read.Server == this[id].Id && read.Result is null))
        {
            read.Abandoned = true;
        }

        After(id);
    }

    public void Restart(int id)
    {
        Trace?.Invoke($"restart {id}");
        this[id].Start();
        After(id);
    }

    public void TakeSnapshot(int id, int entriesKept)
    {
        Trace?.Invoke($"snapshot {id} at {this[id].State.Last}, {entriesKept} entries kept");
        this[id].TakeSnapshot(entriesKept);
        After(id);
    }

    public void ForgetLog(int id, int entriesKept, int entriesKeptForFollowers)
    {
        Trace?.Invoke($"forget {id}, {entriesKept} entries kept, {entriesKeptForFollowers} for followers");
        this[id].ForgetLog(entriesKept, entriesKeptForFollowers);
        After(id);
    }

    // Clients

    public ProposeResult Propose(int id, string command)
    {
        ProposeResult result = default;
        this[id].Run(node =>
        {
            result = node.Propose(Encoding.UTF8.GetBytes(command));
            if (result.Status == ProposeStatus.Accepted)
            {
                _proposals.Add(new ProposalRecord(this[id].Id, command, result.Position));
            }
        });
        Trace?.Invoke($"propose {id} \"{command}\": {result.Status} {result.Position}");
        After(id);
        return result;
    }

    public ReadRecord Read(int id)
    {
        var read = new ReadRecord(_reads.Count + 1, this[id].Id, Watcher.CommittedIndex);
        Trace?.Invoke($"read {read.Id} at {id}");
        _reads.Add(read);
        this[id].Run(node => node.RequestRead(read.Id));
        After(id);
        return read;
    }

    public TransferStatus Transfer(int id, int target)
    {
        TransferStatus status = default;
        this[id].Run(node => status = node.TransferLeadership(this[target].Id));
        Trace?.Invoke($"transfer {id} to {target}: {status}");
        After(id);
        return status;
    }

    // What servers report

    public void WasApplied(HarnessServer server, Entry entry)
    {
        for (int i = _proposals.Count - 1; i >= 0; i--)
        {
            if (_proposals[i].Position == entry.Position && _proposals[i].Server == server.Id)
            {
                _proposals[i].Acknowledged = true;
                return;
            }

            if (_proposals[i].Position.Term < entry.Term)
            {
                return;
            }
        }
    }

    public void ReadEnded(HarnessServer server, ReadResult result)
    {
        Trace?.Invoke($"read {result.ReadId} at {server.Id}: {result.Status} {result.Index}");
        ReadRecord? read = result.ReadId >= 1 && result.ReadId <= _reads.Count ? _reads[(int)result.ReadId - 1] : null;
        if (read is null || read.Server != server.Id || read.Result is not null || read.Abandoned)
        {
            throw new SafetyViolationException($"server {server.Id} answers read {result.ReadId}, which does not wait there");
        }

        read.Result = result;
        if (result.Status == ReadStatus.Confirmed && result.Index < read.CommittedBefore)
        {
            throw new SafetyViolationException(
                $"read {read.Id} at server {server.Id} is confirmed at {result.Index}, but {read.CommittedBefore} was committed before it began (spec G2)");
        }

        if (result.Status == ReadStatus.Confirmed && result.Index > Watcher.CommittedIndex)
        {
            throw new SafetyViolationException($"read {read.Id} is confirmed at {result.Index}, which nobody committed");
        }
    }

    private static IEnumerable<MemberId> Ids(int first, int count) =>
        Enumerable.Range(first, count).Select(id => new MemberId((ulong)id));

    private void RunTick()
    {
        Network.NowTick++;
        foreach (HarnessServer server in _servers)
        {
            if (server.IsUp)
            {
                Tick((int)server.Id.Value);
            }
        }

        DeliverDue();
    }

    private void After(int id)
    {
        Watcher.AfterEvent(this[id]);
        if (_options.TakesWantedSnapshots && this[id] is { IsUp: true, Node.WantsSnapshot: true })
        {
            TakeSnapshot(id, entriesKept: 0);
        }
    }
}
