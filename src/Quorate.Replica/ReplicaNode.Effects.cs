using Quorate.Raft;
using Quorate.Raft.Messages;
using Quorate.Replica.Wire;

namespace Quorate.Replica;

/// <content>What events lead to: requests into the algorithm, its output into the world.</content>
public sealed partial class ReplicaNode
{
    /// <summary>Whether more waits to be applied than should.</summary>
    private bool IsFarBehind =>
        _algorithm.CommitIndex - _applier.Applied.Index > _options.ApplyBacklogEntriesMax || _applier.WaitingBytes > _options.ApplyBacklogBytesMax;

    private void CarryOut()
    {
        _algorithm.AcknowledgedIndexMax = IsFarBehind ? _applier.Applied.Index : long.MaxValue;
        GiveProposalsToLeader();
        AskForReads();
        for (RaftOutput output = _algorithm.TakeOutput(); !output.IsEmpty && IsRunning; output = _algorithm.TakeOutput())
        {
            CarryOut(output);
        }

        ApplySome();
    }

    /// <summary>In the order that <see cref="RaftOutput"/> asks for.</summary>
    private void CarryOut(RaftOutput output)
    {
        bool isLoneCommit = output.Committed.Count == 1 && output.Committed[0].Length == 1;
        bool isAwaited = output.MustWrite || !isLoneCommit;
        foreach (Message message in output.Messages)
        {
            Send(message);
            isAwaited |= message is not AppendEntries { WantsAnswer: false };
        }

        // The followers' flushes take as long as this one's, and a round trip more: they begin first. What only tells of the
        // commit of one entry leaves after its client has been answered, which takes less than the sends. That of many is
        // applied for longer, and clients of the followers wait for it as well.
        if (isAwaited)
        {
            _sender.Flush();
        }

        if (output.MustWrite || output.MessagesOnceDurable.Count > 0)
        {
            _log.Write(output);
        }

        _applier.Enqueue(output.Committed);
        foreach (ref readonly ReadResult result in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(output.Reads))
        {
            _reads.Answered(result, _clock.Now);
        }

        foreach (SnapshotChunk chunk in output.SnapshotChunks)
        {
            _snapshotInstaller.Receive(chunk);
        }

        foreach (FollowerLoss loss in output.FollowerLosses)
        {
            _listener.FollowerLostEntries(loss);
        }
    }

    /// <summary>A batch is on disk: what promised it may leave now ("Durable before promised", ARCHITECTURE.md).</summary>
    private void Durable(WriteMark? mark, List<Message> messages)
    {
        if (!IsRunning)
        {
            return;
        }

        _hasEvents = true;
        if (mark is { } written)
        {
            Guarded((_algorithm, written), static step => step._algorithm.Written(step.written));
            if (!IsRunning)
            {
                return;
            }
        }

        foreach (Message message in messages)
        {
            Send(message);
        }

        _sender.Flush();
    }

    private void Send(Message message)
    {
        if (message is InstallSnapshot install)
        {
            _snapshotSender.Send(install);
        }
        else
        {
            _sender.Send(message);
        }
    }

    private void ApplySome()
    {
        if (!_applier.HasWork && !_snapshotTaker.IsRequested)
        {
            _reads.Applied(_applier.Applied.Index);
            return;
        }

        try
        {
            _applier.ApplySome();
            if (!_applier.IsPaused)
            {
                _snapshotTaker.Consider(_applier.Applied, _applier.AppliedBytes);
                _memoryLog.Applied(_applier.Applied.Index, _applier.AppliedBytes, _snapshotTaker.WritingIndex);
            }
        }
        catch (Exception error) when (error is not RaftInvariantException)
        {
            // Whatever it is, this member's state can no longer be trusted to equal the others'.
            Fail("the state machine failed", error);
            return;
        }

        _reads.Applied(_applier.Applied.Index);
    }

    private void DoDuties()
    {
        if (!_hasTicked || !IsRunning)
        {
            return;
        }

        _hasTicked = false;
        try
        {
            foreach (IReplicaDuty duty in _duties)
            {
                duty.Tick(_clock.Now);
            }
        }
        catch (Exception error)
        {
            Fail("a duty of the member failed", error);
        }
    }

    private void DoIdleWork()
    {
        if (!IsRunning)
        {
            return;
        }

        try
        {
            _applier.DoIdleWork();
        }
        catch (Exception error)
        {
            Fail("the state machine failed", error);
        }
    }

    /// <summary>
    /// Gives waiting proposals to the leader, in order of arrival: into the own log, or forwarded. Not to one that is
    /// probably gone: a forwarded command is forwarded once, and would wait for the next leader only to be refused.
    /// </summary>
    private void GiveProposalsToLeader()
    {
        MemberId leader = _algorithm.LeaderId;
        if (leader.IsNone || _algorithm.SuspectsLeader)
        {
            return;
        }

        long term = _algorithm.CurrentTerm;
        bool leads = _algorithm.Role == Role.Leader;
        if (!leads && _algorithm.DurableHardState.CurrentTerm != term)
        {
            return; // a forward names the term, which has to be on disk first (spec R3)
        }

        while (_proposals.FirstWaiting is { } proposal)
        {
            if (leads && !TryAppendHere(proposal))
            {
                return;
            }

            if (!leads)
            {
                Forward(proposal, leader, term);
            }
        }

        _forwardSender.Send(leader, term);
    }

    /// <summary>Appends to the own log. False where it has to wait, and all behind it.</summary>
    private bool TryAppendHere(Proposal proposal)
    {
        ulong number = _nextNumber;
        new CommandHeader(Id, number).Write(proposal.Buffer.Span);
        switch (Append(proposal.Buffer))
        {
            case null:
                _nextNumber++;
                _proposals.GivenToLeader(proposal, number, _algorithm.CurrentTerm);
                return true;
            case ProposalStatus.Transferring:
                // The next leader will be known in a moment (spec E6 bounds it).
                return false;
            case { } refused:
                _proposals.End(proposal, new ProposalOutcome(refused));
                return true;
        }
    }

    private void Forward(Proposal proposal, MemberId leader, long term)
    {
        if (!proposal.MayForward)
        {
            _proposals.End(proposal, new ProposalOutcome(ProposalStatus.NotLeader));
            return;
        }

        ulong number = _nextNumber++;
        new CommandHeader(Id, number).Write(proposal.Buffer.Span);
        _proposals.GivenToLeader(proposal, number, term);
        _forwardSender.Add(proposal.Buffer, leader, term);
        Counters.ProposalForwarded();
    }

    /// <summary>Appends a command to the log of this leader; or says why it certainly did not.</summary>
    private ProposalStatus? Append(ReadOnlyMemory<byte> command)
    {
        if (command.Length > _options.CommandBytesMax)
        {
            return ProposalStatus.TooLarge;
        }

        if (_log.IsCongested || IsFarBehind)
        {
            return ProposalStatus.Overloaded;
        }

        return _algorithm.Propose(command).Status switch
        {
            ProposeStatus.Accepted => null,
            ProposeStatus.Transferring => ProposalStatus.Transferring,
            ProposeStatus.Overloaded => ProposalStatus.Overloaded,
            _ => ProposalStatus.NoLeader,
        };
    }

    private void ForwardsRefused(ForwardRefused refused)
    {
        foreach (ForwardRefusal refusal in refused.Refusals)
        {
            if (_proposals.Find(refusal.Number) is { } proposal)
            {
                _proposals.End(proposal, new ProposalOutcome(refusal.Status));
            }
        }
    }

    private void AskForReads()
    {
        if (_algorithm.LeaderId.IsNone || _algorithm.SuspectsLeader)
        {
            return;
        }

        if (_reads.TryBeginBatch() is { } batch)
        {
            _algorithm.RequestRead(batch);
        }
    }

    private void SnapshotInstalled(SnapshotMetadata snapshot)
    {
        _hasEvents = true;
        _statusIsOld = true;

        // What clients of this member proposed may be among what the snapshot stands for.
        _proposals.EntriesSkipped();
        _snapshotTaker.Begin(snapshot, _applier.AppliedBytes);
        Counters.SnapshotInstalled();
        _listener.SnapshotInstalled(snapshot);
    }

    private void Expired(ReplicaRequest request)
    {
        if (request is Proposal proposal)
        {
            _proposals.Expired(proposal);
        }
        else
        {
            _reads.Expired((ReadRequest)request);
        }
    }
}
