using System.Text;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime.Tests.Loop;

/// <summary>Writes down what the loop does to it, and checks that one thread at a time does it.</summary>
internal sealed class FakeReplica : IDrivenReplica
{
    private readonly List<string> _events = [];
    private readonly List<Proposal> _held = [];
    private int _inside;

    /// <summary>Set from the test: the loop's thread waits in the next pump until it is released.</summary>
    public ManualResetEventSlim PumpMayPass { get; } = new(initialState: true);

    /// <summary>Pumps that it asks for beyond the first of a batch.</summary>
    public int MorePumps { get; set; }

    public Exception? ThrowOnPump { get; set; }

    public bool Stopped { get; private set; }

    public MemberId Id => new(1);

    public ReplicaStatus Status => new()
    {
        Id = Id,
        Role = Role.Follower,
        Term = 0,
        LeaderId = MemberId.None,
        LastIndex = 0,
        CommitIndex = 0,
        AppliedIndex = 0,
        SnapshotIndex = 0,
        Configuration = new Configuration([Id]),
    };

    public bool HasWork => MorePumps > 0;

    /// <summary>Set from the test: nobody waits for anything.</summary>
    public bool IsAtRest { get; set; }

    /// <summary>The thread that has carried out the last proposal.</summary>
    public int ProposedOn { get; private set; }

    public IReadOnlyList<string> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    public int Count(string name) => Events.Count(text => text == name);

    public void Tick() => Note("tick");

    /// <summary>Set from the test: what a frame leads to; called in the replica with the frame's text.</summary>
    public Action<string>? OnFrame { get; set; }

    public void FrameReceived(ulong from, ReadOnlyMemory<byte> frame)
    {
        string text = Encoding.ASCII.GetString(frame.Span);
        Note($"frame {from} {text}");
        OnFrame?.Invoke(text);
    }

    public void ConnectionLost(ulong from) => Note($"lost {from}");

    public void Propose(Proposal proposal)
    {
        ProposedOn = Environment.CurrentManagedThreadId;
        Note("propose");
        _held.Add(proposal);
    }

    public void Read(ReadRequest read)
    {
        Note("read");
        read.Completed(ReadOutcome.Ready);
    }

    public void TransferLeadership(MemberId target, Action<TransferOutcome> completed) => completed(TransferOutcome.NotLeader);

    public void AddDuty(IReplicaDuty duty) => Note("duty");

    public void RequestSnapshot() => Note("snapshot");

    public void Pump()
    {
        Note("pump");
        MorePumps = Math.Max(0, MorePumps - 1);
        PumpMayPass.Wait(Patience.Limit).ShouldBeTrue();
        if (ThrowOnPump is { } exception)
        {
            throw exception;
        }
    }

    public void Flush()
    {
    }

    public void Stop()
    {
        Note("stop");
        Stopped = true;
        foreach (Proposal proposal in _held)
        {
            proposal.Completed(new ProposalOutcome(ProposalStatus.Stopping));
        }

        _held.Clear();
    }

    private void Note(string text)
    {
        Interlocked.Increment(ref _inside).ShouldBe(1, "a second thread is in the replica");
        lock (_events)
        {
            _events.Add(text);
        }

        Interlocked.Decrement(ref _inside);
    }
}
