using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>A running member of a cluster, as the program around it uses it. May be called from any thread.</summary>
public interface IQuorate : IReplica
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>
    /// Completes when this member has stopped for good over an error (a disk that fails, say), with what happened.
    /// It answers nothing from then on; the program is to be ended, mended and started again.
    /// </summary>
    Task<string> Failed { get; }

    /// <summary>
    /// Has a command applied on all members, whoever leads, and returns what the state machine of this member answered.
    /// An outcome that is not known is said to be so (spec W2).
    /// </summary>
    /// <param name="command">The command; copied.</param>
    /// <param name="timeout">How long to wait for the outcome; the member's own setting if null.</param>
    /// <param name="cancellationToken">Ends the wait, not the command: it may still take effect.</param>
    Task<ProposalOutcome> ProposeAsync(ReadOnlyMemory<byte> command, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>Waits until the state of this member's state machine may be read at a consistency (spec G1).</summary>
    /// <param name="consistency">What the state must reflect.</param>
    /// <param name="tokenIndex">With <see cref="ReadConsistency.Bounded"/>: the index of the last outcome that the client has seen.</param>
    /// <param name="timeout">How long to wait; the member's own setting if null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ReadOutcome> ReadAsync(
        ReadConsistency consistency = ReadConsistency.Linearizable,
        long tokenIndex = 0,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Hands leadership to another member and waits until it leads, or says why not; only the leader can start that.
    /// </summary>
    /// <param name="target">Who is to lead.</param>
    /// <param name="cancellationToken">Ends the wait, not the transfer.</param>
    Task<TransferOutcome> TransferLeadershipAsync(MemberId target, CancellationToken cancellationToken = default);

    /// <summary>Waits until this member knows who leads.</summary>
    Task<MemberId> WaitForLeaderAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes a snapshot of the state soon, rather than when enough was applied.</summary>
    void RequestSnapshot();
}
