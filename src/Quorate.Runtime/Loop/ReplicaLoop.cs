using Quorate.Io;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>
/// The one thread that enters a replica. It takes all events that wait, gives the ticks that are due, and lets the
/// replica carry out what they led to, so that a busy replica has large batches and an idle one sleeps.
/// </summary>
/// <remarks>
/// Events go before ticks: after a stall, the heartbeats that came meanwhile are heard before time is counted.
/// </remarks>
internal sealed class ReplicaLoop : IReplica, IPeerFrameSink
{
    private const int Spins = 50;

    private readonly IClock _clock;
    private readonly TimeSpan _tickInterval;
    private readonly WakeSignal _signal = new(Spins);
    private readonly Inbox _inbox;
    private readonly Action<Exception> _crashed;
    private readonly Action _pumped;
    private readonly Thread _thread;
    private IReplicaCore? _core;
    private int _worksUnderWay;
    private int _eventsTaken; // of the present batch
    private volatile bool _stopRequested;

    /// <param name="name">Name of the thread.</param>
    /// <param name="clock">The clock of the replica.</param>
    /// <param name="tickInterval">Time from tick to tick.</param>
    /// <param name="limits">Bounds of the inbox.</param>
    /// <param name="pumped">Called on the loop after each pump.</param>
    /// <param name="crashed">Called on the loop when the replica threw, which is a fault in it; the loop has ended then.</param>
    public ReplicaLoop(
        string name, IClock clock, TimeSpan tickInterval, InboxLimits limits, Action pumped, Action<Exception> crashed)
    {
        _clock = clock;
        _tickInterval = tickInterval;
        _inbox = new Inbox(limits, _signal);
        _pumped = pumped;
        _crashed = crashed;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <inheritdoc/>
    public MemberId Id => Core.Id;

    /// <inheritdoc/>
    public ReplicaStatus Status => Core.Status;

    private IReplicaCore Core => _core ?? throw new InvalidOperationException("the replica is not started");

    /// <summary>
    /// A lane whose completions come to this loop, which counts what is under way. May be used before <see cref="Start"/>;
    /// completions wait until then.
    /// </summary>
    public IWorkLane Lane(Func<Action<IWork, Exception?>, IWorkLane> create) => new CountedLane(this, create(PostCompletion));

    /// <summary>Begins to run the replica.</summary>
    public void Start(IReplicaCore core)
    {
        _core = core;
        _thread.Start();
    }

    /// <summary>
    /// Ends everything that waits, lets the work under way on the lanes end, and then the loop. False when that takes
    /// longer than <paramref name="timeout"/>: a disk that hangs.
    /// </summary>
    public bool Stop(TimeSpan timeout)
    {
        _stopRequested = true;
        _signal.Raise();
        return !_thread.IsAlive || _thread.Join(timeout);
    }

    /// <inheritdoc/>
    /// <remarks>Where the inbox is full or closed the proposal is answered on the caller's thread.</remarks>
    public void Propose(Proposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        if (_inbox.TryPost(proposal) is { } refused)
        {
            proposal.Completed(new ProposalOutcome(refused));
        }
    }

    /// <inheritdoc/>
    /// <remarks>Where the inbox is full or closed the read is answered on the caller's thread.</remarks>
    public void Read(ReadRequest read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (_inbox.TryPost(read) is { } refused)
        {
            read.Completed(refused);
        }
    }

    /// <inheritdoc/>
    public void TransferLeadership(MemberId target, Action<TransferStatus> completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        if (!_inbox.Post(new InboxItem(InboxItemKind.Transfer, new TransferRequest(target, completed))))
        {
            completed(TransferStatus.NotLeader);
        }
    }

    /// <inheritdoc/>
    /// <remarks>May be called from any thread, as that of the replica itself.</remarks>
    public void AddDuty(IReplicaDuty duty) => Core.AddDuty(duty);

    /// <summary>Asks for a snapshot of the state now.</summary>
    public void RequestSnapshot() => _inbox.Post(new InboxItem(InboxItemKind.Snapshot, null));

    /// <inheritdoc/>
    public ValueTask PostAsync(ulong from, FrameBuffer frame, CancellationToken cancellationToken) =>
        _inbox.TryPost(from, frame, out Task space) ? ValueTask.CompletedTask : PostOnceThereIsRoomAsync(from, frame, space, cancellationToken);

    private async ValueTask PostOnceThereIsRoomAsync(ulong from, FrameBuffer frame, Task space, CancellationToken cancellationToken)
    {
        bool posted = false;
        try
        {
            do
            {
                await space.WaitAsync(cancellationToken).ConfigureAwait(false);
                posted = _inbox.TryPost(from, frame, out space);
            }
            while (!posted);
        }
        finally
        {
            if (!posted)
            {
                frame.Dispose();
            }
        }
    }

    private void PostCompletion(IWork work, Exception? error) => _inbox.Post(new InboxItem(InboxItemKind.Completion, work, error));

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
            TakeEvents(core);
            for (int due = ticks.TakeDue(_clock.Now); due > 0; due--)
            {
                core.Tick();
            }

            core.Pump();
            _pumped();
            if (!core.HasWork)
            {
                _signal.Wait(ticks.UntilNext(_clock.Now));
            }
        }
    }

    private void TakeEvents(IReplicaCore core)
    {
        _eventsTaken = 0;
        foreach (ref readonly InboxItem item in _inbox.TakeAll())
        {
            _eventsTaken++;
            TakeEvent(core, item);
        }
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
                    transfer.Completed(TransferStatus.NotLeader);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Counts what is under way, so that the loop does not end before the last completion.</summary>
    private sealed class CountedLane(ReplicaLoop loop, IWorkLane lane) : IWorkLane
    {
        public void Submit(IWork work)
        {
            Interlocked.Increment(ref loop._worksUnderWay);
            try
            {
                lane.Submit(work);
            }
            catch
            {
                Interlocked.Decrement(ref loop._worksUnderWay);
                throw;
            }
        }
    }
}
