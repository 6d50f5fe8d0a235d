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
            RunUntilStopped(Replica);
            Replica.Stop();
            while (true)
            {
                // Looks before it waits: the raise of the last completion may have been the one that brought the stop.
                TakeEvents(Replica);
                Replica.Pump();
                Replica.Flush();
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

    private void RunUntilStopped(IDrivenReplica replica)
    {
        var ticks = new TickSchedule(_tickInterval, _clock.Now);
        while (!_stopRequested)
        {
            TakeTurn();
            TakeEvents(replica);
            TimeSpan now = _clock.Now;
            int due = ticks.TakeDue(now);
            if (due > 0)
            {
                ReleaseWhatIsLentForLong(now);
            }

            for (; due > 0; due--)
            {
                replica.Tick();
            }

            replica.Pump();
            _pumped();
            bool isWorkLeft = replica.HasWork;
            _mayCallerEnter = replica.IsAtRest && _requestsToGather == 0;
            _turn.Give();
            replica.Flush();
            if (!isWorkLeft)
            {
                _signal.Wait(ticks.UntilNext(_clock.Now));
            }
        }

        TakeTurn(); // for good
    }

    private void TakeEvents(IDrivenReplica replica)
    {
        _eventsTaken = 0;
        int requests = 0;
        foreach (ref readonly InboxItem item in _inbox.TakeAll())
        {
            _eventsTaken++;
            requests += item.Kind is InboxItemKind.Proposal or InboxItemKind.Read ? 1 : 0;
            TakeEvent(replica, item);
        }

        _requestsToGather = requests > 1 ? RequestsGatheredMin : Math.Max(0, _requestsToGather - requests);
    }

    private void TakeEvent(IDrivenReplica replica, in InboxItem item)
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
                    replica.FrameReceived(item.From, frame.Written);
                }

                break;
            case InboxItemKind.ConnectionLost:
                replica.ConnectionLost(item.From);
                break;
            case InboxItemKind.Proposal:
                replica.Propose((Proposal)item.Subject!);
                break;
            case InboxItemKind.Read:
                replica.Read((ReadRequest)item.Subject!);
                break;
            case InboxItemKind.Transfer:
                var transfer = (TransferRequest)item.Subject!;
                replica.TransferLeadership(transfer.Target, transfer.Completed);
                break;
            case InboxItemKind.Snapshot:
                replica.RequestSnapshot();
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
            Replica.Stop();
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
