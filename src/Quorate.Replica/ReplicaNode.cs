using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Replica;

/// <summary>The one replica: Raft, log, snapshots, state machine and message codec, driven by events on one thread.</summary>
/// <remarks>
/// The host's loop calls the events (<see cref="Tick"/>, <see cref="FrameReceived"/>, <see cref="Propose"/>,
/// <see cref="Read"/>, <see cref="TransferLeadership"/>, <see cref="RequestSnapshot"/> and the completions of work on
/// the lanes) and, after each batch of them, <see cref="Pump"/>, which carries out what they led to. While
/// <see cref="HasWork"/> is true the loop comes back to <see cref="Pump"/> without waiting for a further event.
/// Only <see cref="Status"/> and <see cref="Counters"/> may be read from other threads.
/// A completion (<see cref="Proposal.Completed"/>, <see cref="ReadRequest.Completed"/>) may call events of the replica;
/// it is never called from within an event, only from <see cref="Pump"/> or <see cref="Stop"/>.
/// </remarks>
public sealed class ReplicaNode : IReplica, IDisposable
{
    private ReplicaNode()
    {
    }

    /// <summary>
    /// Recovers the data folder, gives the newest snapshot to the state machine, and starts as a follower. Blocks.
    /// </summary>
    /// <exception cref="ArgumentException">A setting cannot work.</exception>
    /// <exception cref="DiskLockedException">Another process uses the data folder.</exception>
    /// <exception cref="IOException">The data folder cannot be read, or is damaged beyond a torn end; says where.</exception>
    public static ReplicaNode Open(
        ReplicaOptions options, IWorld world, IStateMachine stateMachine, IReplicaListener? listener = null) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public MemberId Id => throw new NotImplementedException();

    /// <inheritdoc/>
    /// <remarks>
    /// Role, term, leader, configuration and failure are those after the last <see cref="Pump"/>. Indexes and the state
    /// of the followers may be older, by a tick at most.
    /// </remarks>
    public ReplicaStatus Status => throw new NotImplementedException();

    /// <summary>What it has done so far; may be read from any thread.</summary>
    public ReplicaCounters Counters => throw new NotImplementedException();

    /// <summary>Whether <see cref="Pump"/> has more to do than it did the last time.</summary>
    public bool HasWork => throw new NotImplementedException();

    /// <summary>One <see cref="ReplicaOptions.TickInterval"/> has passed.</summary>
    public void Tick() => throw new NotImplementedException();

    /// <summary>A frame has arrived. What the replica keeps of it is copied; the bytes are the caller's again on return.</summary>
    /// <param name="from">The member whose connection it came by.</param>
    /// <param name="frame">The whole frame, as <see cref="IPeerNetwork.Send"/> was given it.</param>
    public void FrameReceived(ulong from, ReadOnlyMemory<byte> frame) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Propose(Proposal proposal) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Read(ReadRequest read) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void TransferLeadership(MemberId target, Action<TransferStatus> completed) => throw new NotImplementedException();

    /// <summary>Takes a snapshot now rather than when enough was applied; does nothing while one is being taken.</summary>
    public void RequestSnapshot() => throw new NotImplementedException();

    /// <summary>
    /// Carries out what the events since the last call led to: hands entries to the log, sends frames, applies a bounded
    /// number of committed entries, answers.
    /// </summary>
    public void Pump() => throw new NotImplementedException();

    /// <summary>
    /// Answers everything that waits with <see cref="ProposalStatus.Stopping"/> and refuses everything from now on.
    /// The loop may end once the lanes have no work left; then <see cref="Dispose"/>.
    /// </summary>
    public void Stop() => throw new NotImplementedException();

    /// <summary>Closes the files and gives up the lock of the data folder. Only when no work is left on the lanes.</summary>
    public void Dispose() => throw new NotImplementedException();
}
