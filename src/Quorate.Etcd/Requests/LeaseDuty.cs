using Quorate.Etcd.Commands;
using Quorate.KeyValue.Leases;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Etcd.Requests;

/// <summary>
/// Lets leases expire: on every member it follows the clock, and on the leader it proposes what is to be done about the
/// leases that are due.
/// </summary>
/// <remarks>
/// One proposal of each kind is under way at most. What a deposed leader has proposed does no harm even if it commits:
/// each lease is named with its renewal number (<see cref="State.LeaseChanges"/>).
/// </remarks>
internal sealed class LeaseDuty(IReplica replica, EtcdStateMachine state, TimeSpan clockStepMax) : IReplicaDuty
{
    /// <summary>Most leases in one command: with 24 bytes each, some 100 KB.</summary>
    private const int BatchLeasesMax = 4096;

    /// <summary>Most keys that one command deletes, unless a single lease has more.</summary>
    private const int BatchKeysMax = 16_384;

    /// <summary>How long to wait for the outcome of a proposal before the next is made.</summary>
    private static readonly TimeSpan s_proposalTimeout = TimeSpan.FromSeconds(5);

    private readonly List<LeaseDue> _expired = [];
    private readonly List<LeaseDue> _checkpoints = [];
    private bool _expires;
    private bool _checkpointing;

    public void Tick(TimeSpan now)
    {
        state.LeaseClock.Advance(now, clockStepMax);
        if (replica.Status.Role != Role.Leader || _expires || _checkpointing)
        {
            return;
        }

        _expired.Clear();
        _checkpoints.Clear();
        state.Leases.TakeDue(_expired, _checkpoints, BatchLeasesMax, BatchKeysMax);
        if (_expired.Count > 0)
        {
            _expires = true;
            Propose(CommandKind.LeaseExpire, _expired, () => _expires = false);
        }

        if (_checkpoints.Count > 0)
        {
            _checkpointing = true;
            Propose(CommandKind.LeaseCheckpoint, _checkpoints, () => _checkpointing = false);
        }
    }

    private void Propose(CommandKind kind, List<LeaseDue> leases, Action ended) =>
        replica.Propose(new OwnProposal(LeaseBatch.CreateProposalBuffer(kind, leases), ended));

    /// <summary>Whatever becomes of it: what had no effect is due again.</summary>
    private sealed class OwnProposal(Memory<byte> buffer, Action ended) : Proposal(buffer, s_proposalTimeout)
    {
        public override bool MayForward => false;

        protected override void Completed(in ProposalOutcome outcome) => ended();
    }
}
