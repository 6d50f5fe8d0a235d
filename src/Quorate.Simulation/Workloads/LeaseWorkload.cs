using System.Globalization;
using Quorate.Etcd;
using Quorate.KeyValue.Leases;
using Quorate.Raft;
using Quorate.Replica;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Checking.Leases;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Workloads;

/// <summary>
/// Clients that hold leases: they grant, attach keys, keep alive in good time or just barely, let go, and revoke; through
/// whatever happens to members, links and clocks.
/// </summary>
public sealed class LeaseWorkload : Workload, IWorldObserver
{
    /// <summary>Name of the property that leases which nobody keeps alive end.</summary>
    public const string LetGoProperty = "leases that are let go";

    /// <summary>The fastest that a clock goes in this world: a member that is behind, in the second phase.</summary>
    private const double ClockRateMax = 2.0;

    /// <summary>Steps of a tick, of as many jumps as may fall into the longest life of a lease.</summary>
    private static readonly TimeSpan s_clockJumpsAllowance = TimeSpan.FromSeconds(1);

    private readonly List<LeaseClient> _clients = [];
    private readonly SortedDictionary<long, LeaseStory> _stories = [];
    private readonly List<(string Key, long Lease)> _acknowledged = [];
    private (int Life, EtcdFront? Front, LeaseVersion? Seen)[] _members = [];
    private SimulatedWorld? _world;
    private TimeSpan _ended;

    /// <summary>Makes a workload for one run.</summary>
    public LeaseWorkload(LeaseWorkloadOptions? options = null)
    {
        Options = options ?? new LeaseWorkloadOptions();
    }

    /// <summary>How much is done.</summary>
    public LeaseWorkloadOptions Options { get; }

    /// <summary>What became of each lease that a client knows of, in order of id.</summary>
    public IReadOnlyDictionary<long, LeaseStory> Stories => _stories;

    /// <inheritdoc/>
    public override long Succeeded => _clients.Sum(static client => client.Succeeded);

    /// <inheritdoc/>
    public override long Requests => _clients.Sum(static client => client.Requests);

    /// <inheritdoc/>
    public override long OutcomesUnknown => _clients.Sum(static client => client.OutcomesUnknown);

    /// <inheritdoc/>
    public override bool IsQuiet =>
        _clients.TrueForAll(static client => client.IsIdle) && (_world!.Now >= _ended + Options.EndBound || NoneIsLeft());

    internal bool HasEnded { get; private set; }

    internal bool LosesMessages { get; private set; } = true;

    /// <inheritdoc/>
    public override IStateMachine CreateStateMachine(MemberId id) => new EtcdStateMachine();

    /// <inheritdoc/>
    public override void Begin(SimulatedWorld world, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(random);
        _world = world;
        _members = new (int, EtcdFront?, LeaseVersion?)[world.Members.Count];
        world.Observers.Add(this);
        for (int number = 1; number <= Options.Clients; number++)
        {
            var client = new LeaseClient(number, this, world, random.Fork());
            _clients.Add(client);
            client.Begin();
        }
    }

    /// <inheritdoc/>
    public override void FaultsEnded() => LosesMessages = false;

    /// <inheritdoc/>
    public override void End()
    {
        HasEnded = true;
        _ended = _world!.Now;
    }

    /// <summary>A member lets leases expire from its start on, and is watched for those that go.</summary>
    public void AfterEvent(SimulatedMember? member)
    {
        if (member is null || FrontOf(member) is null || StateOf(member) is not { } state)
        {
            return;
        }

        ref LeaseVersion? seen = ref _members[(int)member.Id.Value - 1].Seen;
        LeaseVersion current = state.CurrentLeases;
        if (ReferenceEquals(seen, current))
        {
            return;
        }

        foreach (Lease lease in seen?.All ?? [])
        {
            if (current.Find(lease.Id) is null && _stories.TryGetValue(lease.Id, out LeaseStory? story))
            {
                story.SeenGone(_world!.Now);
            }
        }

        seen = current;
    }

    /// <inheritdoc/>
    public override void Check(IReadOnlyList<SimulatedMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        KeptLeases kept = new(ClockRateMax, s_clockJumpsAllowance);
        foreach (LeaseStory story in _stories.Values)
        {
            kept.Require(story);
            EndedLeases.Require(story);
        }

        foreach (SimulatedMember member in members)
        {
            EtcdStateMachine state = StateOf(member)!;
            AttachedKeys.Require(member.Id, state.CurrentLeases, state.Current, _acknowledged);
            if (state.CurrentLeases.Count > 0)
            {
                throw new PropertyViolatedException(
                    LetGoProperty,
                    string.Create(CultureInfo.InvariantCulture, $"member {member.Id} still has {state.CurrentLeases.Count} leases, {Options.EndBound.TotalSeconds} virtual seconds after clients have ended"));
            }
        }
    }

    /// <inheritdoc/>
    public override ulong? StateHash(IStateMachine stateMachine)
    {
        var state = (EtcdStateMachine)stateMachine;
        ulong hash = ((ulong)state.Current.Revision << 32) ^ state.Current.Hash(0);
        foreach (Lease lease in state.CurrentLeases.All)
        {
            foreach (long field in (ReadOnlySpan<long>)[lease.Id, lease.TtlSeconds, lease.RemainingMilliseconds, lease.RenewedAt, lease.Keys.Count])
            {
                hash = (hash ^ (ulong)field) * 0x100000001B3;
            }
        }

        return hash;
    }

    internal LeaseStory StoryOf(long id)
    {
        if (!_stories.TryGetValue(id, out LeaseStory? story))
        {
            _stories.Add(id, story = new LeaseStory(id));
        }

        return story;
    }

    internal void Acknowledged(string key, long lease) => _acknowledged.Add((key, lease));

    /// <summary>The requests of the present life of a member; null while it is down.</summary>
    internal EtcdFront? FrontOf(SimulatedMember member)
    {
        ref (int Life, EtcdFront? Front, LeaseVersion? Seen) made = ref _members[(int)member.Id.Value - 1];
        if (made.Life != member.Life)
        {
            made = (member.Life, member.Replica is { } replica && StateOf(member) is { } state
                ? new EtcdFront(new LoopReplica(member, replica), state, new EtcdOptions
                {
                    ClusterId = 1,
                    LeaseClockStepMax = 2 * _world!.Options.TickInterval,
                    LeaseIdSeed = _world.Seed ^ (member.Id.Value << 48) ^ ((ulong)member.Life << 16),
                })
                : null, null);
        }

        return member.IsRunning ? made.Front : null;
    }

    private static EtcdStateMachine? StateOf(SimulatedMember member) =>
        (member.StateMachine as ObservedStateMachine)?.Inner as EtcdStateMachine;

    private bool NoneIsLeft() => _world!.Members.All(static member => member.HasFailed || StateOf(member) is not { CurrentLeases.Count: > 0 });
}
