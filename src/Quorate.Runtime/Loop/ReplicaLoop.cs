using System.Runtime.ExceptionServices;
using Quorate.Io;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>
/// The loop of one replica. It takes all events that wait, gives the ticks that are due, and lets the replica carry out
/// what they led to, so that a busy replica has large batches and an idle one sleeps.
/// </summary>
/// <remarks>
/// <para>One thread is in the replica at a time: the loop's own, or while that sleeps the one that has brought a frame or
/// the completion of a flush, or a client's request to a replica at rest (<see cref="Turn"/>). It hands nothing over
/// then, and waking a thread costs more than most events do. See docs/decisions/0012-whoever-brings-an-event.md.</para>
/// <para>Work of the log's lane may be done by the thread that has brought a frame as well, once its turn is over
/// (<see cref="ConnectionThread"/>). See docs/decisions/0016-the-thread-that-brings-a-frame-may-flush.md.</para>
/// <para>Events go before ticks: after a stall, the heartbeats that came meanwhile are heard before time is counted.</para>
/// </remarks>
internal sealed partial class ReplicaLoop : IReplica, IPeerFrameSink
{
    /// <summary>After requests have come together, so many of the next are left to the loop: they may come together too.</summary>
    private const int RequestsGatheredMin = 64;

    private readonly IClock _clock;
    private readonly TimeSpan _tickInterval;
    private readonly WakeSignal _signal = new();
    private readonly Turn _turn;
    private readonly Inbox _inbox;
    private readonly Action<Exception> _crashed;
    private readonly Action _pumped;
    private readonly Thread _thread;
    private IDrivenReplica? _replica;
    private int _worksUnderWay;
    private int _eventsTaken; // of the present batch
    private volatile bool _stopRequested;
    private volatile bool _mayCallerEnter; // as of the end of the last turn
    private int _requestsToGather; // of whoever has the turn
    private ExceptionDispatchInfo? _thrownElsewhere; // by the replica, on another thread; the turn is not given back then
    private readonly Action _throwWhatWasThrownElsewhere;

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
        _turn = new Turn(_signal);
        _throwWhatWasThrownElsewhere = () => Volatile.Read(ref _thrownElsewhere)?.Throw();
        _inbox = new Inbox(limits, _signal);
        _pumped = pumped;
        _crashed = crashed;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <inheritdoc/>
    public MemberId Id => Replica.Id;

    /// <inheritdoc/>
    public ReplicaStatus Status => Replica.Status;

    private IDrivenReplica Replica => _replica ?? throw new InvalidOperationException("the replica is not started");

    /// <summary>
    /// A lane whose completions come to this loop, which counts what is under way. May be used before <see cref="Start"/>;
    /// completions wait until then.
    /// </summary>
    /// <param name="create">Makes the lane, given where completions go.</param>
    /// <param name="entersReplica">Whether its thread may carry its completions out itself.</param>
    public IWorkLane Lane(Func<Action<IWork, Exception?>, WorkLane> create, bool entersReplica = false)
    {
        var lane = new CountedLane(this, entersReplica);
        lane.Inner = create(lane.Completed);
        _logLane = entersReplica ? lane : _logLane;
        return lane;
    }

    /// <summary>Begins to run the replica.</summary>
    public void Start(IDrivenReplica replica)
    {
        _replica = replica;
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
            return;
        }

        RequestCame();
    }

    /// <inheritdoc/>
    /// <remarks>Where the inbox is full or closed the read is answered on the caller's thread.</remarks>
    public void Read(ReadRequest read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (_inbox.TryPost(read) is { } refused)
        {
            read.Completed(refused);
            return;
        }

        RequestCame();
    }

    /// <inheritdoc/>
    /// <remarks>Where the inbox is closed the request is answered on the caller's thread.</remarks>
    public void TransferLeadership(MemberId target, Action<TransferOutcome> completed)
    {
        ArgumentNullException.ThrowIfNull(completed);
        if (!_inbox.Post(new InboxItem(InboxItemKind.Transfer, new TransferRequest(target, completed))))
        {
            completed(TransferOutcome.Stopping);
        }
    }

    /// <inheritdoc/>
    /// <remarks>May be called from any thread, as that of the replica itself.</remarks>
    public void AddDuty(IReplicaDuty duty) => Replica.AddDuty(duty);

    /// <summary>Asks for a snapshot of the state now.</summary>
    public void RequestSnapshot() => _inbox.Post(new InboxItem(InboxItemKind.Snapshot, null));

    /// <inheritdoc/>
    public ValueTask PostAsync(ulong from, FrameBuffer frame, CancellationToken cancellationToken)
    {
        if (!_inbox.TryPost(from, frame, out Task space))
        {
            return PostOnceThereIsRoomAsync(from, frame, space, cancellationToken);
        }

        return CarryOutHere(mayLend: true) ? Lend(ConnectionThread.Current!) : ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void ConnectionLost(ulong from) => _inbox.Post(new InboxItem(InboxItemKind.ConnectionLost, null, From: from));

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
            _signal.Raise();
        }
        finally
        {
            if (!posted)
            {
                frame.Dispose();
            }
        }
    }

    /// <summary>
    /// A client's request is in the inbox. Where they come one by one, and find the replica at rest, the client's own thread
    /// carries it out: there is nothing to apply, and it costs an append and some sends, less than to wake the loop does.
    /// Where they come together they are the loop's, so that they share its work.
    /// </summary>
    private void RequestCame()
    {
        if (_mayCallerEnter)
        {
            _mayCallerEnter = false;
            CarryOutHere();
        }
        else
        {
            _signal.Raise();
        }
    }

    /// <summary>
    /// Carries out what is in the inbox on this thread, or has the loop do it where somebody is in the replica already.
    /// Returns whether this thread is to be lent to the log's lane.
    /// </summary>
    /// <param name="lane">The lane of this thread. Where the events have led to more work for it, the loop does the rest.</param>
    /// <param name="mayLend">Whether the thread can be lent.</param>
    private bool CarryOutHere(CountedLane? lane = null, bool mayLend = false)
    {
        if (_replica is not { } replica || _stopRequested || !_turn.TryTake())
        {
            _signal.Raise();
            return false;
        }

        bool isWorkLeft;
        bool isLent = false;
        try
        {
            if (mayLend && MayLend(replica))
            {
                _logLane!.Keeps = true;
            }

            TakeEvents(replica);
            isWorkLeft = lane is { HasWork: true };
            if (!isWorkLeft)
            {
                replica.Pump();
                _pumped();
                isWorkLeft = replica.HasWork;
            }

            _mayCallerEnter = replica.IsAtRest && _requestsToGather == 0;
            isLent = mayLend && _logLane is not null && _logLane.TakeKept();
        }
#pragma warning disable CA1031 // A fault in the replica: the loop reports it, on its own thread, and ends.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (mayLend && _logLane is not null && _logLane.TakeKept())
            {
                _logLane.Inner!.Wake(); // the loop ends only once it has been done
            }

            Volatile.Write(ref _thrownElsewhere, ExceptionDispatchInfo.Capture(exception));
            _signal.Raise();
            return false;
        }

        _turn.Give();
        if (isWorkLeft)
        {
            _signal.Raise();
        }

        replica.Flush(); // beside whoever is next in the replica

        return isLent;
    }
}
