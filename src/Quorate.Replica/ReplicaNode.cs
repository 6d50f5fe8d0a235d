using Quorate.Raft;

namespace Quorate.Replica;

/// <summary>The one replica: Raft, log, snapshots, state machine and message codec, driven by events on one thread.</summary>
public sealed class ReplicaNode : IReplica
{
    /// <inheritdoc/>
    public MemberId Id => throw new NotImplementedException();

    /// <inheritdoc/>
    public ReplicaStatus Status => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Propose(Proposal proposal) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Read(ReadRequest read) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void TransferLeadership(MemberId target, Action<TransferStatus> completed) => throw new NotImplementedException();
}
