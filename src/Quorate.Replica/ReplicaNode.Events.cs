using System.Collections.Immutable;
using Quorate.Io;
using Quorate.Raft;
using Quorate.Raft.Messages;
using Quorate.Replica.Wire;

namespace Quorate.Replica;

/// <content>What happens to it: time, frames, requests. What they lead to is carried out by the next <see cref="Pump"/>.</content>
public sealed partial class ReplicaNode
{
    /// <summary>One <see cref="ReplicaOptions.TickInterval"/> has passed.</summary>
    public void Tick()
    {
        if (!IsRunning)
        {
            return;
        }

        _hasEvents = true;
        _hasTicked = true;
        _statusIsOld = true;
        Guarded(_algorithm, static algorithm => algorithm.Tick());
        _introducer.Tick(_algorithm.Configuration.Members);
        _reads.Resume();
        _snapshotSender.Tick();
        _applier.Tick();
        _leadershipTransfers.Tick();
        if (_roomForSpares.TakeRetry())
        {
            _storage.Log.PrepareSpare();
        }

        _wheel.Advance(_clock.Now, _expired);
    }

    /// <summary>A frame has arrived. What the replica keeps of it is copied; the bytes are the caller's again on return.</summary>
    /// <param name="from">The member whose connection it came by.</param>
    /// <param name="frame">The whole frame, as <see cref="IPeerNetwork.Send"/> was given it.</param>
    public void FrameReceived(ulong from, ReadOnlyMemory<byte> frame)
    {
        if (!IsRunning)
        {
            return;
        }

        FrameRefusal refusal = _decoder.TryDecode(from, frame.Span, out FrameHeader header, out Message? message);
        if (refusal == FrameRefusal.None)
        {
            refusal = _folders.Judge(header);
        }

        if (refusal != FrameRefusal.None || message is null)
        {
            Counters.FrameRefused();
            _listener.FrameRefused(from, refusal, frame.Length);
            if (refusal == FrameRefusal.ReplacedDataFolder)
            {
                FailIfFounded(header.From);
            }

            return;
        }

        Counters.FrameReceived(frame.Length);
        _introducer.Heard(header);
        if (!_folders.TryHoldUntilRecorded(header, message, _takeIn))
        {
            TakeIn(message);
        }
    }

    /// <summary>The connection by which a member's frames came has ended, and all of them have been handed in; another may take its place.</summary>
    public void ConnectionLost(ulong from)
    {
        if (IsRunning)
        {
            _hasEvents = true;
            Guarded((_algorithm, from), static lost => lost._algorithm.ConnectionLost(new MemberId(lost.from)));
        }
    }

    /// <summary>What another member says reaches the algorithm, or the clients' requests.</summary>
    private void TakeIn(Message message)
    {
        if (!IsRunning)
        {
            return;
        }

        _hasEvents = true;
        switch (message)
        {
            case Introduction introduction:
                _introducer.Handle(introduction);
                break;
            case ForwardProposals forward:
                _forwardReceiver.Handle(forward);
                break;
            case ForwardRefused refused:
                ForwardsRefused(refused);
                break;
            default:
                Guarded((_algorithm, message), static step => step._algorithm.Step(step.message));
                break;
        }
    }

    /// <inheritdoc/>
    public void Propose(Proposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        Counters.ProposalReceived();
        if (!IsRunning)
        {
            _completions.End(proposal, new ProposalOutcome(ProposalStatus.Stopping));
            return;
        }

        _hasEvents = true;
        _proposals.Add(proposal, _clock.Now);
    }

    /// <inheritdoc/>
    public void Read(ReadRequest read)
    {
        ArgumentNullException.ThrowIfNull(read);
        Counters.ReadReceived();
        if (!IsRunning)
        {
            _completions.End(read, ReadOutcome.Stopping);
            return;
        }

        _hasEvents = true;
        _reads.Add(read, _clock.Now, _applier.Applied.Index);
    }

    /// <inheritdoc/>
    public void TransferLeadership(MemberId target, Action<TransferOutcome> completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        _hasEvents = true;
        if (!IsRunning)
        {
            _completions.End(completed, TransferOutcome.Stopping);
            return;
        }

        switch (_algorithm.TransferLeadership(target))
        {
            case TransferStatus.Started:
                _leadershipTransfers.Add(target, completed);
                break;
            case TransferStatus.AlreadyLeader:
                _completions.End(completed, TransferOutcome.AlreadyLeader);
                break;
            case TransferStatus.NotAVoter:
                _completions.End(completed, TransferOutcome.NotAVoter);
                break;
            case TransferStatus.InProgress:
                _completions.End(completed, TransferOutcome.InProgress);
                break;
            default:
                _completions.End(completed, TransferOutcome.NotLeader);
                break;
        }
    }

    /// <inheritdoc/>
    /// <remarks>May be called from any thread.</remarks>
    public void AddDuty(IReplicaDuty duty)
    {
        ArgumentNullException.ThrowIfNull(duty);
        ImmutableInterlocked.Update(ref _duties, static (duties, added) => duties.Add(added), duty);
    }

    /// <summary>Takes a snapshot now rather than when enough was applied; one that is being taken is let finish first.</summary>
    public void RequestSnapshot()
    {
        _hasEvents = true;
        _snapshotTaker.Request();
    }

    /// <summary>
    /// A member that has just been founded, and that another knows by an earlier data folder, has lost that one. It says so
    /// and ends, as it can be of no use. One that holds entries is more likely to be right than the one that contradicts it.
    /// </summary>
    private void FailIfFounded(MemberId peer)
    {
        if (_algorithm.LastLog.Index == 0)
        {
            Fail(
                "this member's data folder is new, but the cluster knows it by an earlier one",
                new InvalidOperationException(
                    $"member {peer} has heard from member {Id} with another data folder. A member that has lost its data must "
                    + "not come back under its name, since what it promised is forgotten: put the earlier data folder back, or "
                    + "leave this member down; the others go on without it"));
        }
    }
}
