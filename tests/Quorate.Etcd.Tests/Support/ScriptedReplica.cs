using System.Runtime.CompilerServices;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Etcd.Tests.Support;

/// <summary>A cluster of one that commits whatever is proposed at once, unless told how a request is to end.</summary>
internal sealed class ScriptedReplica(IStateMachine state) : IReplica
{
    private long index;

    public MemberId Id => Status.Id;

    public ReplicaStatus Status { get; set; } = new()
    {
        Id = new MemberId(7),
        Role = Role.Leader,
        Term = 3,
        LeaderId = new MemberId(7),
        LastIndex = 0,
        CommitIndex = 0,
        AppliedIndex = 0,
        SnapshotIndex = 0,
        Configuration = new Configuration([new MemberId(7)]),
    };

    /// <summary>How the next proposals end, without being applied; null to apply them.</summary>
    public ProposalStatus? Outcome { get; set; }

    /// <summary>How the next reads end.</summary>
    public ReadOutcome ReadOutcome { get; set; } = ReadOutcome.Ready;

    /// <summary>What a request to hand over leadership is answered.</summary>
    public TransferOutcome Transfer { get; set; } = TransferOutcome.Moved;

    /// <summary>Run between a request's arrival and its end.</summary>
    public Action? Meanwhile { get; set; }

    public List<byte[]> Commands { get; } = [];

    public List<TimeSpan> Timeouts { get; } = [];

    public List<ReadConsistency> Reads { get; } = [];

    public List<MemberId> TransferTargets { get; } = [];

    public List<IReplicaDuty> Duties { get; } = [];

    public void Propose(Proposal proposal)
    {
        byte[] command = BufferOf(proposal)[Proposal.HeaderLength..].ToArray();
        Commands.Add(command);
        Timeouts.Add(proposal.Timeout);
        Meanwhile?.Invoke();
        if (Outcome is { } status)
        {
            Complete(proposal, new ProposalOutcome(status));
            return;
        }

        index += 2;
        Status = Status with { LastIndex = index, CommitIndex = index, AppliedIndex = index };
        object? result = state.Apply(new AppliedCommand(Status.Term, index, command, ResultWanted: true));
        state.BatchApplied();
        Complete(proposal, new ProposalOutcome(ProposalStatus.Applied, index, Status.Term, result));
    }

    public void Read(ReadRequest read)
    {
        Reads.Add(read.Consistency);
        Timeouts.Add(read.Timeout);
        Complete(read, ReadOutcome);
    }

    public void TransferLeadership(MemberId target, Action<TransferOutcome> completed)
    {
        TransferTargets.Add(target);
        completed(Transfer);
    }

    public void AddDuty(IReplicaDuty duty) => Duties.Add(duty);

    // What only a replica may do to a request.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Buffer")]
    private static extern Memory<byte> BufferOf(Proposal proposal);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Completed")]
    private static extern void Complete(Proposal proposal, in ProposalOutcome outcome);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Completed")]
    private static extern void Complete(ReadRequest read, ReadOutcome outcome);
}
