using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>The replica as the loop drives it.</summary>
internal sealed class ReplicaNodeCore(ReplicaNode node) : IReplicaCore
{
    public MemberId Id => node.Id;

    public ReplicaStatus Status => node.Status;

    public bool HasWork => node.HasWork;

    public bool IsAtRest => node.IsAtRest;

    public void Tick() => node.Tick();

    public void FrameReceived(ulong from, ReadOnlyMemory<byte> frame) => node.FrameReceived(from, frame);

    public void ConnectionLost(ulong from) => node.ConnectionLost(from);

    public void Propose(Proposal proposal) => node.Propose(proposal);

    public void Read(ReadRequest read) => node.Read(read);

    public void TransferLeadership(MemberId target, Action<TransferOutcome> completed) => node.TransferLeadership(target, completed);

    public void AddDuty(IReplicaDuty duty) => node.AddDuty(duty);

    public void RequestSnapshot() => node.RequestSnapshot();

    public void Pump() => node.Pump();

    public void Flush() => node.Flush();

    public void Stop() => node.Stop();
}
