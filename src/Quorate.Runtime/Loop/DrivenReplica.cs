using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>The replica as the loop drives it.</summary>
internal sealed class DrivenReplica(ReplicaNode replica) : IDrivenReplica
{
    public MemberId Id => replica.Id;

    public ReplicaStatus Status => replica.Status;

    public bool HasWork => replica.HasWork;

    public bool IsAtRest => replica.IsAtRest;

    public void Tick() => replica.Tick();

    public void FrameReceived(ulong from, ReadOnlyMemory<byte> frame) => replica.FrameReceived(from, frame);

    public void ConnectionLost(ulong from) => replica.ConnectionLost(from);

    public void Propose(Proposal proposal) => replica.Propose(proposal);

    public void Read(ReadRequest read) => replica.Read(read);

    public void TransferLeadership(MemberId target, Action<TransferOutcome> completed) => replica.TransferLeadership(target, completed);

    public void AddDuty(IReplicaDuty duty) => replica.AddDuty(duty);

    public void RequestSnapshot() => replica.RequestSnapshot();

    public void Pump() => replica.Pump();

    public void Flush() => replica.Flush();

    public void Stop() => replica.Stop();
}
