using Quorate.Raft;

namespace Quorate.Replica;

/// <summary>
/// A replica as its clients see it. In the simulated world it is the <see cref="ReplicaNode"/> itself; in the real one
/// it is the bounded inbox of the loop that runs one.
/// </summary>
public interface IReplica
{
    /// <summary>This member.</summary>
    MemberId Id { get; }

    /// <summary>A consistent picture of the replica, as of the last event; may be read from any thread.</summary>
    ReplicaStatus Status { get; }

    /// <summary>Proposes a command.</summary>
    void Propose(Proposal proposal);

    /// <summary>Waits until the state may be read.</summary>
    void Read(ReadRequest read);

    /// <summary>
    /// Asks for leadership to be handed to <paramref name="target"/>; only the leader can start that. It completes when
    /// this member sees the target lead (<see cref="TransferOutcome.Moved"/>; <see cref="Status"/> says so by then), when
    /// it has not for two election timeouts (<see cref="TransferOutcome.TimedOut"/>), when this member stops meanwhile
    /// (<see cref="TransferOutcome.Stopping"/>), or at once, saying why nothing was started.
    /// </summary>
    void TransferLeadership(MemberId target, Action<TransferOutcome> completed);

    /// <summary>From now on the duty is called once a tick, after those added before it.</summary>
    void AddDuty(IReplicaDuty duty);
}
