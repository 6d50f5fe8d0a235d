using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Watches;
using Quorate.KeyValue;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Checking.Histories;
using Quorate.Simulation.Checking.Watches;
using Quorate.Simulation.Histories;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Workloads;

/// <summary>
/// Clients of the key-value store, through the same request layer that serves etcd's clients: puts, deletes, transactions,
/// compare-and-swap chains, ranges, compactions; linearizable, bounded and local reads; and watches of it all.
/// </summary>
public sealed class KeyValueWorkload : Workload
{
    /// <summary>Name of the property that answers fit the revisions they name.</summary>
    public const string RevisionsProperty = "revisions";

    /// <summary>Name of the property that all clients saw one order of all operations.</summary>
    public const string LinearizabilityProperty = "linearizability";

    /// <summary>The lowest key: from it on are all.</summary>
    private static readonly ByteString s_first = ByteString.CopyFrom(0);

    private static readonly TimeSpan s_advanceMax = TimeSpan.FromMilliseconds(5);

    private readonly List<KeyValueClient> _clients = [];
    private readonly List<WatchingClient> _watchers = [];
    private (int Life, EtcdFront? Front)[] _fronts = [];
    private SimulatedWorld? _world;
    private SeededRandom _pace = null!;
    private long _succeeded;

    /// <summary>Makes a workload for one run.</summary>
    public KeyValueWorkload(KeyValueWorkloadOptions? options = null)
    {
        Options = options ?? new KeyValueWorkloadOptions();
    }

    /// <summary>How much is done.</summary>
    public KeyValueWorkloadOptions Options { get; }

    /// <summary>What clients asked and heard.</summary>
    public History History { get; } = new();

    /// <summary>What was committed, and watches must tell.</summary>
    public EventHistory Events { get; } = new();

    /// <inheritdoc/>
    public override int Undecided { get; protected set; }

    /// <inheritdoc/>
    public override long Succeeded => _succeeded;

    /// <inheritdoc/>
    public override long Requests => History.Operations.Count;

    /// <inheritdoc/>
    public override long OutcomesUnknown => History.Operations.LongCount(static operation => operation.End is OperationEnd.Open or OperationEnd.Unknown);

    /// <inheritdoc/>
    public override bool IsQuiet => _clients.TrueForAll(static client => client.IsIdle) && _watchers.TrueForAll(static watcher => watcher.IsSynced);

    internal bool HasEnded { get; private set; }

    internal bool LosesMessages { get; private set; } = true;

    /// <inheritdoc/>
    public override IStateMachine CreateStateMachine(MemberId id)
    {
        var state = new EtcdStateMachine();
        state.VersionPublished = () => Events.Observe(state.History);
        return state;
    }

    /// <inheritdoc/>
    public override void Begin(SimulatedWorld world, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(random);
        _world = world;
        _fronts = new (int Life, EtcdFront? Front)[world.Members.Count];
        for (int number = 1; number <= Options.Clients; number++)
        {
            var client = new KeyValueClient(number, this, world, random.Fork());
            _clients.Add(client);
            client.Think();
        }

        for (int number = 1; number <= Options.Watchers; number++)
        {
            var watcher = new WatchingClient(Options.Clients + number, this, world, random.Fork());
            _watchers.Add(watcher);
            watcher.Connect();
        }

        _pace = random.Fork();
    }

    /// <inheritdoc/>
    public override void FaultsEnded() => LosesMessages = false;

    /// <inheritdoc/>
    public override void AddTo(SimulationCoverage coverage)
    {
        ArgumentNullException.ThrowIfNull(coverage);
        foreach (WatchRecord watch in _watchers.SelectMany(static watcher => watcher.Records))
        {
            coverage.WatchEvents += watch.EventCount;
            coverage.WatchesCompacted += watch.Responses.Any(static heard => heard.Response.CompactRevision > 0) ? 1 : 0;
            coverage.WatchesResumed += Math.Max(0, watch.Responses.Count(static heard => heard.IsResumed) - 1);
        }
    }

    /// <inheritdoc/>
    public override void End() => HasEnded = true;

    /// <inheritdoc/>
    public override void Check(IReadOnlyList<SimulatedMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);

        // The last word of every member goes into the history, as a read of a client that nobody disturbs, and so does what
        // they hold of each revision that nobody was told about.
        foreach (SimulatedMember member in members)
        {
            ReadEverything(member, revision: 0);
        }

        SimulatedMember any = members[0];
        foreach (long revision in RevisionChecker.RevisionsWithoutAnswer(History).Where(revision => revision >= StoreOf(any).CompactRevision))
        {
            ReadEverything(any, revision);
        }

        foreach (SimulatedMember member in members)
        {
            Durability.Require(History, member.Id, StoreOf(member));
        }

        foreach (WatchRecord watch in _watchers.SelectMany(static watcher => watcher.Records))
        {
            WatchContract.Require(Events, watch);
        }

        RevisionCheckResult revisions = new RevisionChecker().Check(History);
        Judge(RevisionsProperty, revisions.Verdict, revisions);
        LinearizabilityResult order = new LinearizabilityChecker<KeyValueState>(new KeyValueModel(), Options.LinearizabilityStepsMax).Check(History, revisions.Order);
        Judge(LinearizabilityProperty, order.Verdict, order);
    }

    /// <inheritdoc/>
    public override ulong? StateHash(IStateMachine stateMachine)
    {
        var current = ((EtcdStateMachine)stateMachine).Current;
        return ((ulong)current.Revision << 32) ^ ((ulong)current.CompactRevision << 48) ^ current.Hash(0);
    }

    internal void Answered(Operation operation, IEtcdResponse response)
    {
        _succeeded++;
        History.Answered(operation, response, _world!.Now);
    }

    /// <summary>The requests of the present life of a member; null while it is down.</summary>
    internal EtcdFront? FrontOf(SimulatedMember member)
    {
        ref (int Life, EtcdFront? Front) made = ref _fronts[(int)member.Id.Value - 1];
        if (made.Life != member.Life)
        {
            made = (member.Life, member is { Replica: { } replica, StateMachine: ObservedStateMachine { Inner: EtcdStateMachine state } }
                ? new EtcdFront(new LoopReplica(member, replica), state, new EtcdOptions { ClusterId = 1, Watches = Bounds() })
                : null);
            if (made.Front is { } front)
            {
                Drive(front.Watches, member, made.Life);
            }
        }

        return member.IsRunning ? made.Front : null;
    }

    /// <summary>Bounds so tight that watches are often behind.</summary>
    private static MemberWatchOptions Bounds() => new()
    {
        Hub = new() { WatcherBacklogBytesMax = 400, CatchUpBytesMax = 400, StepChangesMax = 10 },
        FragmentBytesMax = 300,
        ProgressInterval = TimeSpan.FromSeconds(2),
    };

    /// <summary>What a thread of its own does in the server: brings published versions to the watches, some time later.</summary>
    private void Drive(MemberWatches watches, SimulatedMember member, int life)
    {
        SeededRandom pace = _pace.Fork();
        bool isPlanned = false;
        watches.AdvanceWanted = Plan;
        Plan();

        void Plan()
        {
            if (!isPlanned)
            {
                isPlanned = true;
                _world!.Plan(pace.NextDelay(TimeSpan.Zero, s_advanceMax), EventKind.Request, member.Id.Value, 0, Advance);
            }
        }

        void Advance()
        {
            isPlanned = false;
            if (member.Life == life && member.IsRunning)
            {
                watches.Tick(_world!.Now);
                if (watches.Advance())
                {
                    Plan();
                }
            }
        }
    }

    private static StoreVersion StoreOf(SimulatedMember member) => ((EtcdStateMachine)((ObservedStateMachine)member.StateMachine!).Inner).Current;

    private void ReadEverything(SimulatedMember member, long revision)
    {
        var everything = new RangeRequest { Key = s_first, RangeEnd = s_first, Revision = revision, Serializable = true };
        Operation read = History.Invoke(0, member.Id, member.Life, everything, _world!.Now, ReadConsistency.Local);
        new KeyValueCalls(
            FrontOf(member)!,
            Options.Patience,
            response => Answered(read, response),
            error => History.Failed(read, error, _world.Now)).Call(everything);
    }

    /// <summary>What could not be decided within its bound is counted, and not taken for good.</summary>
    private void Judge(string property, HistoryVerdict verdict, object result)
    {
        switch (verdict)
        {
            case HistoryVerdict.Violated:
                throw new PropertyViolatedException(property, result.ToString()!);
            case HistoryVerdict.Undecided:
                Undecided++;
                break;
        }
    }
}
