using System.Net;
using Microsoft.Extensions.Logging;
using Quorate.Io;
using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>
/// A running member: the replica, its loop and lanes, its files, and its connections to the others.
/// <c>AddQuorate</c> makes one for a host; a program without one starts and stops it itself.
/// </summary>
public sealed class QuorateHost : IQuorate, IAsyncDisposable
{
    private readonly QuorateOptions _options;
    private readonly ILogger _logger;
    private readonly QuorateMetrics _metrics;
    private readonly TcpPeerNetwork _network;
    private readonly ReplicaLoop _loop;
    private readonly WorkLane _logLane;
    private readonly WorkLane _backgroundLane;
    private readonly LeaderWatch _leaders = new();
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PeerListener> _listeners = [];
    private readonly Lock _gate = new();
    private readonly ReplicaOptions _replicaOptions;
    private ReplicaNode? _replica;
    private Task? _stop_NeedsGate;

    private QuorateHost(QuorateOptions options, ILoggerFactory loggers)
    {
        _options = options;
        _replicaOptions = options.ToReplicaOptions();
        _logger = loggers.CreateLogger<QuorateHost>();
        _metrics = new QuorateMetrics(options.Name);
        _network = new TcpPeerNetwork(
            options.ToPeerNetworkOptions(_metrics.RoundTripMeasured), peers: [], loggers.CreateLogger<TcpPeerNetwork>());
        Clock = new SystemClock();
        _loop = new ReplicaLoop($"quorate {options.Name}", Clock, _replicaOptions.TickInterval, options.Inbox, Pumped, Crashed);
        (_logLane, LogLane) = CreateLane($"quorate {options.Name} log", entersReplica: true);
        (_backgroundLane, BackgroundLane) = CreateLane($"quorate {options.Name} background", entersReplica: false);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public MemberId Id => _replicaOptions.Id;

    /// <summary>The cluster that it belongs to.</summary>
    public ulong ClusterId => _replicaOptions.ClusterId;

    /// <inheritdoc/>
    public ReplicaStatus Status => Replica.Status;

    /// <summary>What it has done so far.</summary>
    public ReplicaCounters Counters => Replica.Counters;

    /// <summary>What has passed between it and its peers.</summary>
    public IReadOnlyList<PeerTraffic> PeerTraffic => _network.Traffic;

    /// <summary>Where it listens for the others.</summary>
    public IReadOnlyList<IPEndPoint> ListenEndPoints => [.. _listeners.Select(listener => listener.EndPoint)];

    /// <inheritdoc/>
    public Task<string> Failed => _failed.Task;

    private SystemClock Clock { get; }

    private IWorkLane LogLane { get; }

    private IWorkLane BackgroundLane { get; }

    private ReplicaNode Replica => _replica ?? throw new InvalidOperationException($"member '{Name}' is not started");

    /// <summary>Recovers the data folder, listens for the other members, and takes part.</summary>
    /// <param name="options">Settings; not to be changed afterwards.</param>
    /// <param name="stateMachine">What is replicated; empty. It gets the newest snapshot and then commands.</param>
    /// <param name="loggers">Where to log to.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="ArgumentException">A setting cannot work.</exception>
    /// <exception cref="DiskLockedException">Another member uses the data folder.</exception>
    /// <exception cref="IOException">The data folder cannot be used, or the endpoint not listened on.</exception>
    /// <exception cref="InvalidDataException">The state machine does not read the snapshot in the data folder.</exception>
    public static async Task<QuorateHost> StartAsync(
        QuorateOptions options, IStateMachine stateMachine, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(stateMachine);
        ArgumentNullException.ThrowIfNull(loggers);
        options.Validate();
        foreach (IPEndPoint endPoint in options.ListenEndPoints())
        {
            // Before the data folder: one that was founded by a member of a wrong address could not be used under the right one.
            PeerListener.RequireUsable(endPoint);
        }

        var host = new QuorateHost(options, loggers);
        try
        {
            // Recovery blocks, and may have gigabytes to read.
            await Task.Run(() => host.Open(stateMachine), cancellationToken).ConfigureAwait(false);
            foreach (IPEndPoint endPoint in options.ListenEndPoints())
            {
                host._listeners.Add(
                    await PeerListener.StartAsync(endPoint, host._network, loggers, cancellationToken).ConfigureAwait(false));
            }

            return host;
        }
        catch
        {
            await host.StopAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Propose(Proposal proposal) => _loop.Propose(proposal);

    /// <inheritdoc/>
    public void Read(ReadRequest read) => _loop.Read(read);

    /// <inheritdoc/>
    public void TransferLeadership(MemberId target, Action<TransferOutcome> completed) => _loop.TransferLeadership(target, completed);

    /// <inheritdoc/>
    public void AddDuty(IReplicaDuty duty) => Replica.AddDuty(duty);

    /// <inheritdoc/>
    public void RequestSnapshot() => _loop.RequestSnapshot();

    /// <inheritdoc/>
    public Task<ProposalOutcome> ProposeAsync(
        ReadOnlyMemory<byte> command, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var proposal = AwaitedProposal.Create(command.Span, timeout ?? _options.RequestTimeout);
        _loop.Propose(proposal);
        return proposal.Outcome.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ReadOutcome> ReadAsync(
        ReadConsistency consistency = ReadConsistency.Linearizable,
        long tokenIndex = 0,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        var read = new AwaitedRead(consistency, timeout ?? _options.RequestTimeout) { TokenIndex = tokenIndex };
        _loop.Read(read);
        return read.Outcome.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<TransferOutcome> TransferLeadershipAsync(MemberId target, CancellationToken cancellationToken = default)
    {
        var outcome = new TaskCompletionSource<TransferOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.TransferLeadership(target, result => outcome.TrySetResult(result));
        return outcome.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<MemberId> WaitForLeaderAsync(CancellationToken cancellationToken = default) =>
        _leaders.WaitAsync(leader => !leader.IsNone, cancellationToken);

    /// <summary>Waits until the leader that it knows is not <paramref name="known"/>; the answer is none if it knows none then.</summary>
    public Task<MemberId> WaitForOtherLeaderAsync(MemberId known, CancellationToken cancellationToken = default) =>
        _leaders.WaitAsync(leader => leader != known, cancellationToken);

    /// <summary>
    /// Hands leadership over if it can, answers what waits as stopping, finishes what is being written, and closes the
    /// data folder. Calling it again gives the same task.
    /// </summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            return _stop_NeedsGate ??= StopOnceAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private void Open(IStateMachine stateMachine)
    {
        var disk = new SystemDisk(_options.DataFolder, _metrics.Flushed);
        var listener = new LoggingListener(
            _logger, _options, disk.Folder, TimeSpan.FromMinutes(1), what => _failed.TrySetResult(what));
        var world = new SystemWorld
        {
            Clock = Clock,
            Disk = disk,
            Network = _network,
            LogLane = LogLane,
            BackgroundLane = BackgroundLane,
        };
        _replica = ReplicaNode.Open(_replicaOptions, world, stateMachine, listener);

        // Not before the folder is known to be this member's alone: a connection in its name takes the place of the one that
        // another process holds, and its end is taken for the member's.
        _network.SetPeers(_options.PeerAddresses());
        _metrics.Observe(() => _replica.Status, _replica.Counters, () => _network.Traffic);
        _loop.Start(new DrivenReplica(_replica));
        _network.Start(_loop);
    }

    private (WorkLane Lane, IWorkLane Counted) CreateLane(string name, bool entersReplica)
    {
        WorkLane? lane = null;
        IWorkLane counted = _loop.Lane(post => lane = new WorkLane(name, post), entersReplica);
        return (lane!, counted);
    }

    private void Pumped() => _leaders.Publish(Replica.Status.LeaderId);

    private void Crashed(Exception exception)
    {
        ReplicaLog.Failed(_logger, Name, "a fault in the replica itself", exception);
        _failed.TrySetResult($"a fault in the replica itself: {exception.Message}");
    }

    private async Task StopOnceAsync()
    {
        await Task.Yield();
        ReplicaLog.Stopping(_logger, Name);
        await HandOverAsync().ConfigureAwait(false);
        foreach (PeerListener listener in _listeners)
        {
            // Whatever it may throw: loop and lanes have to end before the files are closed, and the lock let go.
            await listener.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        bool hasEnded = await Task.Run(() =>
            _loop.Stop(_options.StopTimeout) && _logLane.Stop(_options.StopTimeout) && _backgroundLane.Stop(_options.StopTimeout)).ConfigureAwait(false);
        await _network.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
        if (hasEnded)
        {
            _replica?.Dispose();
            ReplicaLog.Stopped(_logger, Name);
        }
        else
        {
            // Files may be in use by a call that hangs. They, and the lock, are the operating system's to take back.
            ReplicaLog.StopTimedOut(_logger, Name, _options.StopTimeout);
        }
    }

    private async Task HandOverAsync()
    {
        if (!_options.HandOverOnStop || _replica?.Status is not { Role: Role.Leader, Failure: null } status)
        {
            return;
        }

        MemberId target = status.Followers
            .Where(follower => follower.IsActive && status.Configuration.IsVoter(follower.Id))
            .OrderByDescending(follower => follower.MatchIndex)
            .Select(follower => follower.Id)
            .FirstOrDefault();
        if (target.IsNone)
        {
            return;
        }

        ReplicaLog.HandingOver(_logger, Name, _options.Describe(target));
        using var limit = new CancellationTokenSource(_replicaOptions.ElectionTimeout);
        try
        {
            await TransferLeadershipAsync(target, limit.Token).ConfigureAwait(false);
            await _leaders.WaitAsync(leader => leader != Id && !leader.IsNone, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The others elect by themselves, an election timeout later.
        }
    }
}
