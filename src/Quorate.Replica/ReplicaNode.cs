using System.Collections.Immutable;
using Quorate.Io;
using Quorate.Raft;
using Quorate.Raft.Messages;
using Quorate.Replica.Parts;
using Quorate.Replica.Requests;
using Quorate.Replica.Wire;
using Quorate.Storage;

namespace Quorate.Replica;

/// <summary>The one replica: Raft, log, snapshots, state machine and message codec, driven by events on one thread.</summary>
/// <remarks>
/// <para>The host's loop calls the events (<see cref="Tick"/>, <see cref="FrameReceived"/>, <see cref="ConnectionLost"/>, <see cref="Propose"/>,
/// <see cref="Read"/>, <see cref="TransferLeadership"/>, <see cref="RequestSnapshot"/> and the completions of work on
/// the lanes) and, after each batch of them, <see cref="Pump"/>, which carries out what they led to, and then
/// <see cref="Flush"/>. While <see cref="HasWork"/> is true the loop comes back to <see cref="Pump"/> without waiting for a
/// further event.
/// Only <see cref="Flush"/>, <see cref="Status"/> and <see cref="Counters"/> may be read from other threads.</para>
/// <para>A completion (<see cref="Proposal.Completed"/>, <see cref="ReadRequest.Completed"/>) may call events of the
/// replica; it is never called from within an event, only from <see cref="Pump"/> or <see cref="Stop"/>, when everything
/// else is done.</para>
/// <para>A request that needs a leader while none is known waits for one, at most <see cref="ReplicaOptions.LeaderWait"/>
/// and no longer than its own timeout, and is then refused: a change of leader costs clients a pause, not an error.</para>
/// <para>The parts: this file has how it begins, is driven and ends; <c>.Events</c> what happens to it; <c>.Effects</c> what that
/// leads to; <c>.Status</c> what is shown to the outside.</para>
/// </remarks>
public sealed partial class ReplicaNode : IReplica, IDisposable
{
    private readonly ReplicaOptions _options;
    private readonly IClock _clock;
    private readonly IPeerNetwork _network;
    private readonly IReplicaListener _listener;
    private readonly MemberStorage _storage;
    private readonly RaftNode _algorithm;

    /// <summary>The end of the log as it was found.</summary>
    private readonly LogPosition _lastAtStart;

    private readonly FrameDecoder _decoder;
    private readonly PeerFolders _folders;
    private readonly Introducer _introducer;
    private readonly FrameSender _sender;
    private readonly LogWriter _log;
    private readonly DeadlineWheel _wheel;
    private readonly CompletionQueue _completions;
    private readonly ProposalTable _proposals;
    private readonly ReadTable _reads;
    private readonly ForwardSender _forwardSender;
    private readonly ForwardReceiver _forwardReceiver;
    private readonly LeadershipTransferTable _leadershipTransfers;
    private readonly Applier _applier;
    private readonly MemoryLog _memoryLog;
    private readonly DiskRoom _roomForSpares;
    private readonly SnapshotTaker _snapshotTaker;
    private readonly SnapshotSender _snapshotSender;
    private readonly SnapshotInstaller _snapshotInstaller;
    private readonly Action<ReplicaRequest> _expired;
    private readonly Action<Message> _takeIn;

    /// <summary>Of the next command of this member: begins at a random place at every start, so that no number comes twice.</summary>
    private ulong _nextNumber;

    /// <summary>An event came since the last <see cref="Pump"/>.</summary>
    private bool _hasEvents = true;
    private bool _isStopped;
    private string? _failure;

    /// <summary>A tick came since the duties were last called.</summary>
    private bool _hasTicked;
    private ImmutableArray<IReplicaDuty> _duties = [];

    private ReplicaNode(
        ReplicaOptions options, IWorld world, IStateMachine stateMachine, IReplicaListener listener, MemberStorage storage, SeededRandom random)
    {
        _options = options;
        _clock = world.Clock;
        _network = world.Network;
        _listener = listener;
        _storage = storage;
        _algorithm = new RaftNode(
            options.ToRaftOptions(random.NextUInt64()), storage.Recovered.ToRestoredState(options.InitialConfiguration));
        _lastAtStart = _algorithm.LastLog;
        storage.ReleaseEntries();
        _nextNumber = random.NextUInt64();

        _decoder = new FrameDecoder(options.Id, options.ClusterId, options.FrameBytesMax);
        _folders = new PeerFolders(storage.DataFolderId, storage.Recovered.PeerFolders, storage.RecordPeerFolder);
        _sender = new FrameSender(new FrameEncoder(options.ClusterId, _folders), world.Network, Counters);
        _introducer = new Introducer(_folders, _sender, options.Id, options.ElectionTimeoutTicks);
        _log = new LogWriter(storage.Log, world.Clock, Counters, Durable, Fail);
        _wheel = new DeadlineWheel(options.TickInterval, world.Clock.Now);
        _completions = new CompletionQueue(Counters);
        _proposals = new ProposalTable(options, _wheel, _completions);
        _reads = new ReadTable(options, _wheel, _completions);
        _leadershipTransfers = new LeadershipTransferTable(2 * options.ElectionTimeoutTicks, _completions);
        _forwardSender = new ForwardSender(options.Id, random.NextUInt64(), _sender);
        _forwardReceiver = new ForwardReceiver(_algorithm, _sender, Append);
        _applier = new Applier(options, stateMachine, _proposals, Counters);
        _memoryLog = new MemoryLog(options, _algorithm);
        _roomForSpares = Room("a spare segment of the log");
        _snapshotTaker = new SnapshotTaker(
            options, _algorithm, _memoryLog, storage, stateMachine, _clock, listener, Counters, Room("a snapshot"), () => IsRunning, Fail);
        _snapshotSender = new SnapshotSender(storage.Snapshots, _sender, listener, 10 * options.ElectionTimeoutTicks, () => IsRunning, Fail)
        {
            Damaged = _snapshotTaker.RequestAnother,
        };
        _snapshotInstaller = new SnapshotInstaller(
            _algorithm, storage.Snapshots, world.BackgroundLane, stateMachine, _applier, Room("the leader's snapshot"), listener, () => IsRunning, SnapshotInstalled, Fail);
        _expired = Expired;
        _takeIn = TakeIn;
        storage.Log.Failed = error => Fail("the disk failed", error);
        storage.Log.SpareFoundNoRoom = _roomForSpares.NotFound;

        if (storage.Recovered.Snapshot is { } snapshot)
        {
            _applier.StateLoaded(snapshot.LastIncluded);
            _snapshotTaker.Begin(snapshot, _applier.AppliedBytes);
        }

        _role = _algorithm.Role;
        _status = BuildStatus();

        DiskRoom Room(string forWhat) => new(forWhat, world.Clock, listener, Counters);
    }

    /// <summary>
    /// Recovers the data folder, gives the newest snapshot to the state machine, and starts as a follower. Blocks.
    /// </summary>
    /// <exception cref="ArgumentException">A setting cannot work.</exception>
    /// <exception cref="DiskLockedException">Another process uses the data folder.</exception>
    /// <exception cref="IOException">The data folder cannot be read, or is damaged beyond a torn end; says where.</exception>
    /// <exception cref="InvalidDataException">The state machine does not read the snapshot.</exception>
    public static ReplicaNode Open(
        ReplicaOptions options, IWorld world, IStateMachine stateMachine, IReplicaListener? listener = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(stateMachine);
        options.Validate();
        listener ??= new SilentListener();
        var random = new SeededRandom(world.Seed);
        MemberStorage storage = MemberStorage.Open(
            world.Disk,
            world.LogLane,
            world.BackgroundLane,
            random.NextUInt64(),
            new MemberIdentity(options.ClusterId, options.Id.Value),
            options.Storage);
        try
        {
            // Before the state machine takes its memory: segments hold more than a running member keeps.
            storage.TrimEntries(options.TrailingEntriesKept, options.TrailingBytesKept);
            if (storage.Recovered.Snapshot is { } snapshot)
            {
                using Stream content = storage.Snapshots.OpenContent(snapshot);
                stateMachine.LoadSnapshot(content);
            }

            var replica = new ReplicaNode(options, world, stateMachine, listener, storage, random);
            listener.Started(replica._algorithm.LastLog, replica._applier.Applied.Index, replica._algorithm.CurrentTerm, storage.Recovered.Notes);
            return replica;
        }
        catch
        {
            storage.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public MemberId Id => _options.Id;

    /// <summary>The algorithm's part of it, for checks and tools to look at between two events, on the loop; nothing more.</summary>
    public RaftNode Algorithm => _algorithm;

    /// <summary>The last entry whose effect the state has; on the loop.</summary>
    public long AppliedIndex => _applier.Applied.Index;

    /// <summary>What it has done so far; may be read from any thread.</summary>
    public ReplicaCounters Counters { get; } = new();

    /// <summary>Whether <see cref="Pump"/> has something to do.</summary>
    public bool HasWork => !_completions.IsEmpty || (IsRunning && (_hasEvents || _applier.HasWork || _applier.HasIdleWork));

    /// <summary>
    /// Whether nobody waits for anything: no request is pending and everything in the log is committed. One that comes now
    /// cannot share the work of others, and has to wait for none.
    /// </summary>
    public bool IsAtRest =>
        IsRunning && !HasWork && _proposals.Count == 0 && _reads.IsEmpty && _algorithm.CommitIndex == _algorithm.LastLog.Index;

    private bool IsRunning => !_isStopped && _failure is null;

    /// <summary>
    /// Carries out what the events since the last call led to: hands entries to the log, sends frames, applies a bounded
    /// number of committed entries, answers; then lets the state machine do a piece of its idle work, if it has any.
    /// </summary>
    public void Pump()
    {
        if (IsRunning)
        {
            _hasEvents = false;
            Guarded(this, static replica => replica.CarryOut());
        }

        PublishStatus();
        _leadershipTransfers.Leads(_status.LeaderId);
        _completions.Tell();
        DoDuties();
        DoIdleWork();
    }

    /// <summary>
    /// Lets frames leave that <see cref="Pump"/> has left over, because nobody waits for them in this member. To be called
    /// after it, from any thread: whoever has been in the replica may let the next one in first.
    /// </summary>
    public void Flush() => _network.Flush();

    /// <summary>
    /// Answers everything that waits with <see cref="ProposalStatus.Stopping"/> and refuses everything from now on.
    /// The loop may end once the lanes have no work left; then <see cref="Dispose"/>.
    /// </summary>
    public void Stop()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        _proposals.EndAll(ProposalStatus.Stopping);
        _reads.EndAll(ReadOutcome.Stopping);
        _leadershipTransfers.EndAll();
        _completions.Tell();
    }

    /// <summary>Closes the files and gives up the lock of the data folder. Only when no work is left on the lanes.</summary>
    public void Dispose()
    {
        Stop();
        _storage.Dispose();
    }

    /// <summary>Stops for good (spec S4). Clients hear that the outcome is unknown: the others may yet commit it.</summary>
    private void Fail(string what, Exception error)
    {
        if (!IsRunning)
        {
            return;
        }

        _failure = $"{what}: {error.Message}";
        _proposals.EndAll(ProposalStatus.Unknown);
        _reads.EndAll(ReadOutcome.Stopping);
        _leadershipTransfers.EndAll();
        _statusIsOld = true;
        _listener.Failed(what, error);
    }

    /// <summary>The algorithm refuses to go on when an invariant does not hold; neither does the replica.</summary>
    private void Guarded<T>(T state, Action<T> action)
    {
        try
        {
            action(state);
        }
        catch (RaftInvariantException error)
        {
            Fail("a rule of the algorithm does not hold", error);
        }
    }

    private sealed class SilentListener : IReplicaListener
    {
    }
}
