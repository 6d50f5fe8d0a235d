using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Simulation.Workloads;

/// <summary>One life of a member as those who call it from outside see it: each call is an event of its loop.</summary>
internal sealed class LoopReplica(SimulatedMember member, ReplicaNode node) : IReplica
{
    public MemberId Id => node.Id;

    public ReplicaStatus Status => node.Status;

    public void Propose(Proposal proposal) => member.OnLoop(() => node.Propose(proposal));

    public void Read(ReadRequest read) => member.OnLoop(() => node.Read(read));

    public void TransferLeadership(MemberId target, Action<TransferOutcome> completed) =>
        member.OnLoop(() => node.TransferLeadership(target, completed));

    public void AddDuty(IReplicaDuty duty) => node.AddDuty(duty);
}
