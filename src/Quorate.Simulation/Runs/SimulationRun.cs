using System.Collections.Immutable;
using Quorate.Raft;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Traces;

namespace Quorate.Simulation.Runs;

/// <summary>
/// One run, from one number: a cluster of production replicas under faults, while clients use it and everything that must
/// hold is checked; then faults end, and the cluster must elect, commit and converge within a bound.
/// </summary>
public sealed class SimulationRun
{
    /// <summary>Name of the property that the second phase checks.</summary>
    public const string LivenessProperty = "liveness";

    /// <summary>Name of the property that equal logs lead to equal states.</summary>
    public const string EqualStatesProperty = "equal states";

    /// <summary>Name of the property that nothing of ours throws what nobody expects.</summary>
    public const string NoUnhandledExceptionProperty = "no unhandled exception";

    private static readonly TimeSpan s_inspectionInterval = TimeSpan.FromSeconds(1);

    private readonly ulong _seed;
    private readonly SimulationOptions _options;
    private readonly Workload _workload;
    private readonly SimulationCoverage _coverage = new();
    private readonly AppliedEntries _applied = new();
    private readonly ElectionSafety _elections = new();
    private readonly UnexpectedFailures _failures = new();
    private readonly SeededRandom _random;
    private readonly FaultDraw _draw;
    private readonly ImmutableArray<(FaultFamily Family, int Intensity)> _faults;
    private readonly Operator _operator;
    private readonly Lameness _lameness;

    /// <summary>Prepares a run; nothing happens yet.</summary>
    public SimulationRun(ulong seed, SimulationOptions options, Workload workload)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(workload);
        _seed = seed;
        _options = options;
        _workload = workload;

        // Everything that options can set is drawn all the same, so that setting it changes nothing else.
        _random = new SeededRandom(seed);
        int members = _random.Next(12) switch { 0 => 1, < 5 => 5, _ => 3 };
        ImmutableArray<FaultFamily> families = FaultDraw.Choose(FaultFamilies.All, _random);
        _draw = new FaultDraw(seed);
        _faults = [.. (options.Faults ?? families).Select(family => (family, _draw.IntensityOf(family)))];
        World = CreateWorld(options.Members ?? members);
        Injector = new FaultInjector(World, options.StrikesMax);
        if (options.Trace is { } output)
        {
            World.Tracer = new TraceWriter(World, output);
            World.Tracer.Begin(seed, SimulatedAlgorithm.Raft, options.Duration, _faults);
            Injector.Striking = World.Tracer.Strike;
        }

        int roundsDown = _random.Next(4) == 0 ? 60 : 6;
        _operator = new Operator(World, _coverage, _random.Fork()) { RoundsDown = roundsDown };
        _lameness = new Lameness(World);
        Injector.Starter = _operator.StartUnlessGivenUp;
        int count = World.Members.Count;
        var states = new InterestingStates(World, _coverage);
        var restraint = new VoterRestraint(World);
        var invariants = new AlgorithmInvariants(count);
        World.Observers.Add(_failures);
        World.Observers.Add(states);
        World.Observers.Add(invariants);
        World.Watch(_elections);
        World.Watch(new LeaderAppendOnly(count));
        World.Watch(new LogMatching(count));
        World.Watch(new LeaderCompleteness(count, _applied));
        World.Watch(new MonotonicProgress(count));
        World.Watch(new TruncationCounter(count, _coverage));
        World.Watch(states);
        World.Watch(new KeptPromises(count));
        World.Watch(new CommitOfOwnTerm(count));
        World.Watch(restraint);
        World.Watch(invariants);
        World.Network.Observers.Add(new VoteOnce());
        World.Network.Observers.Add(restraint);
        World.Network.Observers.Add(new ReadyHandover(World));
        World.Network.Observers.Add(new ToldTerms(count));
        Silence.Require(World);
    }

    /// <summary>The world it happens in: to look at, or to add observers to.</summary>
    public SimulatedWorld World { get; }

    /// <summary>What strikes it.</summary>
    public FaultInjector Injector { get; }

    /// <summary>Carries it out, once.</summary>
    public SimulationResult Execute()
    {
        PropertyViolatedException? violation = FirstViolation.In(GoThroughBothPhases);
        World.Tracer?.Finish(violation);
        World.Tracer?.Dispose();
        return Result(violation);
    }

    private void GoThroughBothPhases()
    {
        Found();
        foreach ((FaultFamily family, int intensity) in _faults)
        {
            Injector.Begin(family, intensity, _draw.RandomOf(family));
        }

        World.RunFor(_options.Duration);
        SeededRandom last = _random.Fork();
        SimulatedMember? usurper = last.Next(3) == 0 ? Usurp() : null;
        Injector.End();
        World.Tracer?.Calm();
        _workload.FaultsEnded();
        _operator.IsQuick = true;
        _lameness.Begin(((World.Members.Count - 1) / 2) - World.Members.Count(static member => member.IsSpoiled), last, usurper);
        MustRecover();
        _lameness.End();
        MustRecover();
        _workload.End();
        Must(() => _workload.IsQuiet, "requests are under way that never end");
        Must(HasConverged, "members do not come to the same state");
        Inspect();
        _workload.Check(Running());
    }

    private SimulatedWorld CreateWorld(int members)
    {
        SeededRandom shape = _random.Fork();

        // Some clusters forget their log so soon that whoever was away for a moment needs a snapshot.
        bool forgetsSoon = shape.Next(4) == 0;
        long snapshotEvery = forgetsSoon ? 5 + shape.Next(40) : 20 + shape.Next(300);
        long trailing = shape.Next(forgetsSoon ? 10 : 100);
        int chunkBytes = 512 + shape.Next(8192);
        int messageEntries = shape.Next(3) == 0 ? 1 : 1 + shape.Next(64);
        TimeSpan tick = TimeSpan.FromMilliseconds(shape.Next(3) switch { 0 => 100, 1 => 30, _ => 10 });
        int electionTicks = 4 + shape.Next(12);

        // Broadcast time must stay well below the election timeout (paper §5.6), also by the fastest of clocks.
        TimeSpan workStepMax = TimeSpan.FromMilliseconds(shape.Next(4) == 0 && tick * electionTicks >= TimeSpan.FromSeconds(1) ? 30 : 2);
        long lagging = shape.Next(forgetsSoon ? 1_000 : 50_000);
        return new SimulatedWorld(
            _random.NextUInt64(),
            new SimulatedWorldOptions
            {
                Members = members,
                TickInterval = tick,
                ElectionTimeoutTicks = electionTicks,
                HeartbeatTicks = 1 + shape.Next(2),
                WorkStepMax = workStepMax,
                Listener = id => new CoverageListener(World!, World!.Member(new MemberId(id)), _coverage, _failures),
                ConfigureReplica = replica =>
                {
                    replica = replica with
                    {
                        SnapshotEveryEntries = snapshotEvery,
                        TrailingEntriesKept = trailing,
                        LaggingBytesKept = lagging,
                        ConfigureRaft = raft => raft with { SnapshotChunkBytesMax = chunkBytes, MessageEntriesMax = messageEntries },
                    };
                    return _options.ConfigureReplica?.Invoke(replica) ?? replica;
                },
            },
            id => new ObservedStateMachine(_workload.CreateStateMachine(id), World!.Member(id), _applied));
    }

    /// <summary>Starts everybody. Most faults may strike from the first moment on.</summary>
    private void Found()
    {
        foreach (SimulatedMember member in World.Members)
        {
            _operator.Start(member);
        }

        _operator.Begin();
        _workload.Begin(World, _random.Fork());
        World.After(s_inspectionInterval, InspectAndGoOn);
        if (_faults.Any(static fault => fault.Family.NeedsFoundedCluster))
        {
            Must(() => World.Leader() is not null, "nobody is elected in an untroubled world");
            World.RunFor(TimeSpan.FromSeconds(3));
        }
    }

    /// <summary>
    /// The last scene before faults end: the leader is cut off and gathers entries, and another is elected and has committed
    /// only a few. If that one then goes lame, two logs are left of which one is longer and the other newer.
    /// </summary>
    private SimulatedMember? Usurp()
    {
        if (World.Leader() is not { } old)
        {
            return null;
        }

        World.Network.Isolate(old.Id);
        World.RunUntil(
            () => World.Leader() is { Replica.Algorithm: var leader } && leader.Id != old.Id && leader.CommitIndex == leader.LastLog.Index,
            TimeSpan.FromSeconds(10));
        return World.Leader() is { } usurper && usurper != old ? usurper : null;
    }

    private void MustRecover()
    {
        Must(() => World.Members.All(member => _operator.HasGivenUp(member) || IsWell(member) || _lameness.IsLame(member)), "members do not come up");
        int givenUp = World.Members.Count(_operator.HasGivenUp);
        if (givenUp > (World.Members.Count - 1) / 2)
        {
            throw new PropertyViolatedException(LivenessProperty, $"{givenUp} members did not survive what the cluster must survive");
        }

        Must(() => World.Members.Any(member => IsWell(member) && !_lameness.IsLame(member) && member.Replica!.Algorithm.Role == Role.Leader), "nobody is elected");
        long before = _workload.Succeeded;
        Must(() => _workload.Succeeded > before + 10, "requests do not succeed");
    }

    private IReadOnlyList<SimulatedMember> Running() => [.. World.Members.Where(IsWell)];

    private static bool IsWell(SimulatedMember member) => member is { IsRunning: true, HasFailed: false };

    private bool HasConverged()
    {
        IReadOnlyList<SimulatedMember> running = Running();
        long commit = running.Max(static member => member.Replica!.Algorithm.CommitIndex);
        return running.All(member => member.Replica!.Algorithm.LastLog.Index == commit && member.Replica.AppliedIndex == commit);
    }

    private void Must(Func<bool> condition, string otherwise) => World.Must(condition, _options.LivenessBound, otherwise, Describe);

    private string Describe() => string.Join("; ", World.Members.Select(member => member.Replica is { } replica
        ? $"{member.Id}: {replica.Algorithm.Role} in term {replica.Algorithm.CurrentTerm}, log to {replica.Algorithm.LastLog}, committed {replica.Algorithm.CommitIndex}, applied {replica.AppliedIndex}"
            + (replica.Status.Failure is { } failure ? $", failed: {failure}" : "")
        : $"{member.Id}: down{(_operator.HasGivenUp(member) ? " for good" : "")}"));

    private void InspectAndGoOn()
    {
        Inspect();
        World.After(s_inspectionInterval, InspectAndGoOn);
    }

    /// <summary>Members that have applied the same have the same state.</summary>
    private void Inspect()
    {
        SortedDictionary<long, (ulong Hash, MemberId Member)> hashes = [];
        foreach (SimulatedMember member in Running())
        {
            if (member.StateMachine is ObservedStateMachine observed && _workload.StateHash(observed.Inner) is { } hash
                && !hashes.TryAdd(member.Replica!.AppliedIndex, (hash, member.Id)) && hashes[member.Replica.AppliedIndex] is var other && other.Hash != hash)
            {
                throw new PropertyViolatedException(
                    EqualStatesProperty, $"members {other.Member} and {member.Id} have both applied {member.Replica.AppliedIndex}, and their states differ");
            }
        }
    }

    private SimulationResult Result(PropertyViolatedException? violation)
    {
        _coverage.Elections = _elections.Elections;
        _coverage.LostElections = _coverage.HighestTerm - _elections.Elections;
        _coverage.FramesLost = World.Network.FramesLost;
        _coverage.FramesRepeated = World.Network.FramesRepeated;
        _coverage.SectorsTorn = World.Members.Sum(static member => member.Disk.SectorsTorn);
        _coverage.OutcomesUnknown = _workload.OutcomesUnknown;
        _coverage.EntriesApplied = _applied.Count;
        _workload.AddTo(_coverage);
        return new SimulationResult
        {
            Seed = _seed,
            Members = World.Members.Count,
            Faults = _faults,
            Violation = violation,
            VirtualTime = World.Now,
            Events = World.EventCount,
            TraceHash = World.Trace.Value,
            Strikes = Injector.Strikes,
            Requests = _workload.Requests,
            Succeeded = _workload.Succeeded,
            Undecided = _workload.Undecided,
            Coverage = _coverage,
        };
    }
}
