using Quorate.Io;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Processes;
using Quorate.Simulation.Traces;

namespace Quorate.Simulation;

/// <summary>
/// A whole cluster of production replicas, or of other processes, in one thread, on virtual time, from one seed. The same seed gives the same
/// run, event by event; <see cref="Trace"/> tells whether it did.
/// </summary>
/// <remarks>
/// Whatever happens is an event at a point of virtual time: a tick, a frame's arrival, a step of disk work, the loop
/// coming round. Between two events nothing happens, so that is where invariants are checked and crashes fall.
/// </remarks>
public sealed class SimulatedWorld
{
    private const ulong ClusterId = 0x51554F52;

    private readonly EventQueue _events = new();
    private readonly List<SimulatedMember> _members = [];
    private readonly Func<SimulatedMember, IWorld, ISimulatedProcess> _openProcess;
    private readonly Configuration _configuration;
    private readonly List<IReplicaObserver> _replicaObservers = [];

    /// <summary>By member: what those who look at replicas have seen last.</summary>
    private readonly ReplicaSighting[] _sightings;

    /// <summary>Makes a world of replicas; no member runs yet.</summary>
    public SimulatedWorld(ulong seed, SimulatedWorldOptions options, Func<MemberId, IStateMachine> createStateMachine)
        : this(seed, options)
    {
        ArgumentNullException.ThrowIfNull(createStateMachine);
        _openProcess = (member, world) =>
        {
            member.StateMachine = createStateMachine(member.Id);
            return new ReplicaProcess(ReplicaNode.Open(OptionsOf(member.Id), world, member.StateMachine, ListenerOf(member.Id)));
        };
    }

    /// <summary>Makes a world of processes of any kind; no member runs yet.</summary>
    /// <param name="seed">The one number that decides everything.</param>
    /// <param name="options">Its shape; what it says of replicas means nothing here.</param>
    /// <param name="openProcess">Starts a member's process from what its disk holds; it may block, and throw as a disk does.</param>
    public SimulatedWorld(ulong seed, SimulatedWorldOptions options, Func<SimulatedMember, IWorld, ISimulatedProcess> openProcess)
        : this(seed, options)
    {
        ArgumentNullException.ThrowIfNull(openProcess);
        _openProcess = openProcess;
    }

    private SimulatedWorld(ulong seed, SimulatedWorldOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Seed = seed;
        Options = options;
        _openProcess = null!;
        var random = new SeededRandom(seed);
        Random = random.Fork();
        Network = new SimulatedNetwork(this, options.Members, random.Fork());
        MemberId[] ids = [.. Enumerable.Range(1, options.Members).Select(number => new MemberId((ulong)number))];
        _configuration = new Configuration(ids);
        _sightings = new ReplicaSighting[ids.Length];
        foreach (MemberId id in ids)
        {
            _members.Add(new SimulatedMember(id, this, random.Fork()));
        }
    }

    /// <summary>The one number that decides everything.</summary>
    public ulong Seed { get; }

    /// <summary>Its shape.</summary>
    public SimulatedWorldOptions Options { get; }

    /// <summary>Virtual time.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>For whoever drives the world: faults, workloads.</summary>
    public SeededRandom Random { get; }

    /// <summary>Everybody, in order of id.</summary>
    public IReadOnlyList<SimulatedMember> Members => _members;

    /// <summary>What connects them.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>What has happened so far, in a number.</summary>
    public TraceHash Trace { get; } = new();

    /// <summary>Called after each event.</summary>
    public Action? AfterEvent { get; set; }

    /// <summary>Called after each event, in order: what checks the properties that must always hold.</summary>
    public IList<IWorldObserver> Observers { get; } = [];

    /// <summary>Writes down everything that happens; null, as mostly, when nobody wants to read it.</summary>
    internal TraceWriter? Tracer { get; set; }

    /// <summary>Events so far.</summary>
    public long EventCount { get; private set; }

    /// <summary>Starts every member that does not run.</summary>
    public void StartAll()
    {
        foreach (SimulatedMember member in _members)
        {
            if (!member.IsRunning)
            {
                member.Start();
            }
        }
    }

    /// <summary>The member with that id.</summary>
    public SimulatedMember Member(MemberId id) =>
        Find(id.Value) ?? throw new ArgumentException($"there is no member {id}", nameof(id));

    /// <summary>The running member that leads the highest term, if one does.</summary>
    public SimulatedMember? Leader()
    {
        SimulatedMember? leader = null;
        foreach (SimulatedMember member in _members)
        {
            if (member.Replica?.Status is { Role: Role.Leader, Failure: null } status
                && (leader is null || status.Term > leader.Replica!.Status.Term))
            {
                leader = member;
            }
        }

        return leader;
    }

    /// <summary>
    /// Ends every fault that is under way: the network heals, disks work, nobody is paused, clocks run true. Members that
    /// are down or have failed stay so.
    /// </summary>
    public void Calm()
    {
        Network.Calm();
        foreach (SimulatedMember member in _members)
        {
            member.Calm();
        }
    }

    /// <summary>From now on it is shown each replica that an event has changed, after the <see cref="Observers"/>; and each once as it is.</summary>
    public void Watch(IReplicaObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        _replicaObservers.Add(observer);
        Array.Clear(_sightings);
    }

    /// <summary>It is shown no more. Not to be called by an observer while it looks.</summary>
    public void Unwatch(IReplicaObserver observer) => _replicaObservers.Remove(observer);

    /// <summary>Plans something for later.</summary>
    public void After(TimeSpan delay, Action action) => Plan(delay, EventKind.Planned, 0, 0, action);

    /// <summary>Lets time pass.</summary>
    public void RunFor(TimeSpan duration) => RunUntil(static () => false, duration);

    /// <summary>Lets time pass until the condition holds, but no longer than <paramref name="atMost"/>; returns whether it holds.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan atMost)
    {
        ArgumentNullException.ThrowIfNull(condition);
        TimeSpan end = Now + atMost;
        while (!condition())
        {
            if (!_events.TryTakeUntil(end, out EventQueue.PlannedEvent planned))
            {
                Now = end;
                return condition();
            }

            Now = planned.Time;
            SimulatedMember? member = Find(planned.Member);
            if (member is not null && member.HoldsUp(planned))
            {
                continue;
            }

            EventCount++;
            Trace.Add((ulong)Now.Ticks);
            Trace.Add(((ulong)planned.Kind << 56) ^ planned.Member);
            Trace.Add(planned.Detail);
            Tracer?.Event(planned.Kind, planned.Member, planned.Detail);
            planned.Action();
            AfterEvent?.Invoke();
            Tracer?.AfterEvent(member);
            for (int i = 0; i < Observers.Count; i++)
            {
                Observers[i].AfterEvent(member);
            }

            if (member?.Replica?.Algorithm is { } node)
            {
                Look(member, node);
            }
        }

        return true;
    }

    /// <summary>Shows a replica to those who look at replicas, if it is not as they have seen it last.</summary>
    private void Look(SimulatedMember member, RaftNode node)
    {
        ref ReplicaSighting seen = ref _sightings[(int)member.Id.Value - 1];
        ReplicaSighting now = ReplicaSighting.Of(member, node);
        if (now == seen)
        {
            return;
        }

        seen = now;
        foreach (IReplicaObserver observer in _replicaObservers)
        {
            observer.Changed(member, node);
        }
    }

    internal void Plan(TimeSpan delay, EventKind kind, ulong member, ulong detail, Action action) =>
        _events.Add(new EventQueue.PlannedEvent(Now + delay, kind, member, detail, action));

    /// <summary>What was held up happens now, or is held up again.</summary>
    internal void PlanNow(in EventQueue.PlannedEvent planned) => _events.Add(planned with { Time = Now });

    internal SimulatedMember? Find(ulong id) => id >= 1 && id <= (ulong)_members.Count ? _members[(int)id - 1] : null;

    internal ISimulatedProcess OpenProcess(SimulatedMember member, IWorld world) => _openProcess(member, world);

    private IReplicaListener? ListenerOf(MemberId id) => Options.Listener?.Invoke(id.Value);

    private ReplicaOptions OptionsOf(MemberId id)
    {
        var options = new ReplicaOptions
        {
            Id = id,
            ClusterId = ClusterId,
            InitialConfiguration = _configuration,
            TickInterval = Options.TickInterval,
            ElectionTimeoutTicks = Options.ElectionTimeoutTicks,
            HeartbeatTicks = Options.HeartbeatTicks,
            Storage = new() { SegmentBytes = 64 << 10, CommandBytesMax = 16 << 20 },
        };
        return Options.ConfigureReplica?.Invoke(options) ?? options;
    }
}
