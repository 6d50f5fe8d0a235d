using Quorate.Io;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <content>What runs in the replica: the loop's own thread from start to end, and the taking of events on whichever has the turn.</content>
internal sealed partial class ReplicaLoop
{
    private void TakeTurn() => _turn.Take(_throwWhatWasThrownElsewhere);

    private void Run()
    {
        try
        {
            RunUntilStopped(Core);
            Core.Stop();
            while (true)
            {
                // Looks before it waits: the raise of the last completion may have been the one that brought the stop.
                TakeEvents(Core);
                Core.Pump();
                Core.Flush();
                if (Volatile.Read(ref _worksUnderWay) == 0)
                {
                    break;
                }

                _signal.Wait(Timeout.InfiniteTimeSpan);
            }
        }
#pragma warning disable CA1031 // A fault in the replica: it cannot go on, and the host must hear of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _crashed(exception);
            AnswerWhatWaits();
        }

        _inbox.Close();
        Refuse(_inbox.TakeAll());
    }

    private void RunUntilStopped(IReplicaCore core)
    {
        var ticks = new TickSchedule(_tickInterval, _clock.Now);
        while (!_stopRequested)
        {
            TakeTurn();
            TakeEvents(core);
            TimeSpan now = _clock.Now;
            int due = ticks.TakeDue(now);
            if (due > 0)
            {
                ReleaseWhatIsLentForLong(now);
            }

            for (; due > 0; due--)
            {
                core.Tick();
            }

            core.Pump();
            _pumped();
            bool isWorkLeft = core.HasWork;
            _mayCallerEnter = core.IsAtRest && _requestsToGather == 0;
            _turn.Give();
            core.Flush();
            if (!isWorkLeft)
            {
                _signal.Wait(ticks.UntilNext(_clock.Now));
            }
        }

        TakeTurn(); // for good
    }

    private void TakeEvents(IReplicaCore core)
    {
        _eventsTaken = 0;
        int requests = 0;
        foreach (ref readonly InboxItem item in _inbox.TakeAll())
        {
            _eventsTaken++;
            requests += item.Kind is InboxItemKind.Proposal or InboxItemKind.Read ? 1 : 0;
            TakeEvent(core, item);
        }

        _requestsToGather = requests > 1 ? RequestsGatheredMin : Math.Max(0, _requestsToGather - requests);
    }

    private void TakeEvent(IReplicaCore core, in InboxItem item)
    {
        switch (item.Kind)
        {
            case InboxItemKind.Completion:
                Interlocked.Decrement(ref _worksUnderWay);
                ((IWork)item.Subject!).Completed(item.Error);
                break;
            case InboxItemKind.Frame:
                using (var frame = (FrameBuffer)item.Subject!)
                {
                    core.FrameReceived(item.From, frame.Written);
                }

                break;
            case InboxItemKind.ConnectionLost:
                core.ConnectionLost(item.From);
                break;
            case InboxItemKind.Proposal:
                core.Propose((Proposal)item.Subject!);
                break;
            case InboxItemKind.Read:
                core.Read((ReadRequest)item.Subject!);
                break;
            case InboxItemKind.Transfer:
                var transfer = (TransferRequest)item.Subject!;
                core.TransferLeadership(transfer.Target, transfer.Completed);
                break;
            case InboxItemKind.Snapshot:
                core.RequestSnapshot();
                break;
            default:
                throw new InvalidOperationException($"unknown event {item.Kind}");
        }
    }

    /// <summary>After a crash: what the replica still holds is answered as far as it is able to.</summary>
    private void AnswerWhatWaits()
    {
        try
        {
            Core.Stop();
        }
#pragma warning disable CA1031 // Its first fault has been reported; a second one has nothing to add.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        Refuse(_inbox.LastBatch[_eventsTaken..]);
    }

    /// <summary>Answers what the replica will never see.</summary>
    private static void Refuse(ReadOnlySpan<InboxItem> items)
    {
        foreach (ref readonly InboxItem item in items)
        {
            switch (item.Subject)
            {
                case FrameBuffer frame:
                    frame.Dispose();
                    break;
                case Proposal proposal:
                    proposal.Completed(new ProposalOutcome(ProposalStatus.Stopping));
                    break;
                case ReadRequest read:
                    read.Completed(ReadOutcome.Stopping);
                    break;
                case TransferRequest transfer:
                    transfer.Completed(TransferOutcome.Stopping);
                    break;
                default:
                    break;
            }
        }
    }
}
