using System.Collections.Immutable;
using Quorate.Paxos.Messages;
using Quorate.Paxos.Records;
using Quorate.Raft;
using Quorate.Simulation.Checking;

namespace Quorate.Paxos.Tests.Harness;

/// <summary>
/// A group of members without a world around it: each message, flush, tick and crash happens when the test says so.
/// Agreement and validity are checked with each value that anybody learns.
/// </summary>
internal sealed class PaxosGroup
{
    private readonly ImmutableArray<MemberId> _ids;
    private readonly Func<PaxosOptions, PaxosOptions>? _configure;
    private readonly List<StableRecord>[] _disks;
    private readonly Queue<PaxosOutput>[] _unflushed;
    private readonly Agreement _agreement;
    private readonly Validity _validity;
    private ulong _seed;

    public PaxosGroup(int members = 3, Func<PaxosOptions, PaxosOptions>? configure = null, ulong seed = 1)
    {
        _ids = [.. Enumerable.Range(1, members).Select(number => new MemberId((ulong)number))];
        _configure = configure;
        _seed = seed;
        _disks = [.. _ids.Select(_ => new List<StableRecord>())];
        _unflushed = [.. _ids.Select(_ => new Queue<PaxosOutput>())];
        _agreement = new Agreement(members);
        _validity = new Validity(members);
        Nodes = [.. _ids.Select(Open)];
    }

    /// <summary>Null while it is down.</summary>
    public PaxosNode?[] Nodes { get; }

    /// <summary>On their way, the oldest first.</summary>
    public List<PaxosMessage> Messages { get; } = [];

    /// <summary>Instances of which somebody has learnt the value.</summary>
    public int Decided => _agreement.Decided;

    /// <summary>Events so far.</summary>
    public int Events { get; private set; }

    /// <summary>Called before each event.</summary>
    public Action? Before { get; set; }

    public static Value ValueOf(ulong id) => new(id, new byte[] { (byte)id });

    public PaxosNode Node(int member) => Nodes[member - 1].ShouldNotBeNull();

    public List<StableRecord> Disk(int member) => _disks[member - 1];

    public bool HasUnflushed(int member) => _unflushed[member - 1].Count > 0;

    public Value Propose(int member, ulong id)
    {
        Value value = ValueOf(id);
        _validity.Proposed(value);
        if (Nodes[member - 1] is not null)
        {
            Event(member, node => node.Propose(value));
        }

        return value;
    }

    public void Tick(int member) => Event(member, static node => node.Tick());

    /// <summary>A message arrives; at a member that is down it is lost.</summary>
    public void Deliver(int index, bool keep = false)
    {
        PaxosMessage message = Messages[index];
        if (!keep)
        {
            Messages.RemoveAt(index);
        }

        Event((int)message.To.Value, node => node.Step(message));
    }

    /// <summary>The oldest batch of a member reaches its disk.</summary>
    public void Flush(int member)
    {
        if (Nodes[member - 1] is null || !_unflushed[member - 1].TryPeek(out _))
        {
            return;
        }

        Before?.Invoke();
        if (!_unflushed[member - 1].TryDequeue(out PaxosOutput? batch))
        {
            return;
        }

        Events++;
        Disk(member).AddRange(batch.Records);
        Node(member).Written(batch.Mark);
        Messages.AddRange(batch.MessagesOnceDurable);
        CarryOut(member);
    }

    /// <summary>What was not flushed is gone.</summary>
    public void Crash(int member)
    {
        Nodes[member - 1] = null;
        _unflushed[member - 1].Clear();
    }

    public void Restart(int member) => Nodes[member - 1] ??= Open(_ids[member - 1]);

    /// <summary>Delivers and flushes everything, the oldest first, until nothing is left; then time passes; and so on.</summary>
    public bool RunUntil(Func<bool> condition, int ticksMax = 2000)
    {
        for (int tick = 0; tick < ticksMax; tick++)
        {
            while (Messages.Count > 0 || _ids.Any(id => HasUnflushed((int)id.Value)))
            {
                if (condition())
                {
                    return true;
                }

                foreach (MemberId id in _ids)
                {
                    Flush((int)id.Value);
                }

                if (Messages.Count > 0)
                {
                    Deliver(0);
                }
            }

            foreach (MemberId id in _ids)
            {
                Tick((int)id.Value);
            }
        }

        return condition();
    }

    private PaxosNode Open(MemberId id)
    {
        var options = new PaxosOptions { Id = id, Members = _ids, Seed = _seed++ };
        return new PaxosNode(_configure?.Invoke(options) ?? options, _disks[(int)id.Value - 1]);
    }

    private void Event(int member, Action<PaxosNode> happen)
    {
        Before?.Invoke();
        if (Nodes[member - 1] is not { } node)
        {
            return;
        }

        Events++;
        happen(node);
        CarryOut(member);
    }

    private void CarryOut(int member)
    {
        PaxosOutput output = Node(member).TakeOutput();
        Messages.AddRange(output.Messages);
        if (output.Records.Count > 0 || output.MessagesOnceDurable.Count > 0)
        {
            _unflushed[member - 1].Enqueue(output);
        }

        foreach ((long instance, Value value) in output.Chosen)
        {
            _agreement.Learnt(_ids[member - 1], instance, value);
            _validity.Learnt(_ids[member - 1], instance, value);
        }
    }
}
