using System.Buffers.Binary;
using System.Collections.Immutable;
using Quorate.Io;
using Quorate.Paxos;
using Quorate.Raft;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Faults;
using Quorate.Simulation.Processes;
using Quorate.Simulation.Traces;

namespace Quorate.Simulation.Runs;

/// <summary>
/// One run of multi-decree Paxos, from one number: clients propose at all members while faults strike, and agreement and
/// validity are checked after each event; then faults end, a majority must decide although a minority may stay lame, and
/// at last everybody must come to know the same.
/// </summary>
public sealed class PaxosRun
{
    /// <summary>Name of the property that the second phase checks.</summary>
    public const string LivenessProperty = SimulationRun.LivenessProperty;

    private readonly ulong _seed;
    private readonly PaxosRunOptions _options;
    private readonly SeededRandom _random;
    private readonly FaultDraw _draw;
    private readonly SeededRandom _clients;
    private readonly SimulationCoverage _coverage = new();
    private readonly Agreement _agreement;
    private readonly Validity _validity;
    private readonly Operator _operator;
    private readonly Lameness _lameness;
    private readonly ImmutableArray<(FaultFamily Family, int Intensity)> _faults;
    private ulong _lastValue;
    private bool _clientsHaveEnded;

    /// <summary>Prepares a run; nothing happens yet.</summary>
    public PaxosRun(ulong seed, PaxosRunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _seed = seed;
        _options = options;
        _random = new SeededRandom(seed);
        int members = _random.Next(3) == 0 ? 5 : 3;
        ImmutableArray<FaultFamily> families = FaultDraw.Choose(Families, _random);
        _draw = new FaultDraw(seed);
        _faults = [.. (options.Faults ?? families).Select(family => (family, _draw.IntensityOf(family)))];
        int count = options.Members ?? members;
        MemberId[] ids = [.. Enumerable.Range(1, count).Select(static number => new MemberId((ulong)number))];
        World = new SimulatedWorld(
            _random.NextUInt64(),
            new SimulatedWorldOptions { Members = count, TickInterval = TimeSpan.FromMilliseconds(20) },
            (member, world) => Open(member, world, [.. ids]));
        Injector = new FaultInjector(World, options.StrikesMax);
        if (options.Trace is { } output)
        {
            World.Tracer = new TraceWriter(World, output);
            World.Tracer.Begin(seed, SimulatedAlgorithm.Paxos, options.Duration, _faults);
            Injector.Striking = World.Tracer.Strike;
        }

        _operator = new Operator(World, _coverage, _random.Fork());
        _lameness = new Lameness(World);
        Injector.Starter = _operator.StartUnlessGivenUp;
        _clients = _random.Fork();
        _agreement = new Agreement(count);
        _validity = new Validity(count);
        World.Observers.Add(_agreement);
        World.Observers.Add(_validity);
        Silence.Require(World);
    }

    /// <summary>
    /// The families that a member without snapshots and without a leader can be struck by, and that leave its disk what was
    /// flushed: an acceptor that forgets has no part in Paxos any more, which is for whoever runs it to see to. Ambushes
    /// wait for moments in the life of a replica.
    /// </summary>
    public static ImmutableArray<FaultFamily> Families { get; } =
    [
        .. FaultFamilies.All.Where(static family =>
            family.Name is not ("bit-rot" or "lost-disk" or "transfer" or "snapshot") && !family.Name.StartsWith("ambush-", StringComparison.Ordinal)),
    ];

    /// <summary>The world it happens in.</summary>
    public SimulatedWorld World { get; }

    /// <summary>What strikes it.</summary>
    public FaultInjector Injector { get; }

    /// <summary>Instances decided so far.</summary>
    public int Decided => _agreement.Decided;

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
        foreach (SimulatedMember member in World.Members)
        {
            _operator.Start(member);
        }

        _operator.Begin();
        ProposeAndGoOn();
        foreach ((FaultFamily family, int intensity) in _faults)
        {
            Injector.Begin(family, intensity, _draw.RandomOf(family));
        }

        World.RunFor(_options.Duration);
        Injector.End();
        World.Tracer?.Calm();
        _operator.IsQuick = true;
        _lameness.Begin((World.Members.Count - 1) / 2, _random.Fork());
        MustRecover();
        _lameness.End();
        MustRecover();
        _clientsHaveEnded = true;
        Must(HasConverged, "members do not come to know the same");
    }

    private static PaxosNode? NodeOf(SimulatedMember member) => (member.Process as PaxosProcess)?.Algorithm;

    private PaxosProcess Open(SimulatedMember member, IWorld world, ImmutableArray<MemberId> members)
    {
        _coverage.Starts++;
        var options = new PaxosOptions { Id = member.Id, Members = members, Seed = 0 };
        return PaxosProcess.Open(_options.ConfigurePaxos?.Invoke(options) ?? options, world);
    }

    /// <summary>A client proposes at a random member, which may be down; another does after a random while.</summary>
    private void ProposeAndGoOn()
    {
        if (_clientsHaveEnded)
        {
            return;
        }

        byte[] command = new byte[8 + _clients.Next(64)];
        BinaryPrimitives.WriteUInt64LittleEndian(command, ++_lastValue);
        var value = new Value(_lastValue, command);
        SimulatedMember member = World.Members[_clients.Next(World.Members.Count)];
        if (member.Process is PaxosProcess process)
        {
            _validity.Proposed(value);
            World.Tracer?.Asked((long)_lastValue, 1, member.Id, $"propose {value}");
            member.OnLoop(() => process.Propose(value));
        }

        World.After(_clients.NextDelay(TimeSpan.Zero, TimeSpan.FromSeconds(2.0 / _options.ValuesPerSecond)), ProposeAndGoOn);
    }

    private void MustRecover()
    {
        Must(() => World.Members.All(member => member is { IsRunning: true, HasFailed: false } || _lameness.IsLame(member)), "members do not come up");
        int before = Decided;
        Must(() => Decided > before + 10, "nothing is decided");
    }

    private bool HasConverged() => World.Members.All(member =>
        NodeOf(member) is { WaitingCount: 0 } node && node.Learner.FirstUnknown == Decided + 1);

    private void Must(Func<bool> condition, string otherwise) => World.Must(condition, _options.LivenessBound, otherwise, Describe);

    private string Describe() => string.Join("; ", World.Members.Select(member => NodeOf(member) is { } node
        ? $"{member.Id}: knows up to {node.Learner.FirstUnknown - 1}, {node.WaitingCount} wait"
            + (node.Proposer is { } proposer ? $", {proposer.Phase} {proposer.Ballot} in {proposer.Instance}" : "")
            + (member.HasFailed ? $", failed: {member.Process!.Failure}" : "")
        : $"{member.Id}: down"));

    private SimulationResult Result(PropertyViolatedException? violation)
    {
        _coverage.FramesLost = World.Network.FramesLost;
        _coverage.FramesRepeated = World.Network.FramesRepeated;
        _coverage.SectorsTorn = World.Members.Sum(static member => member.Disk.SectorsTorn);
        _coverage.EntriesApplied = Decided;
        return new SimulationResult
        {
            Seed = _seed,
            Algorithm = SimulatedAlgorithm.Paxos,
            Members = World.Members.Count,
            Faults = _faults,
            Violation = violation,
            VirtualTime = World.Now,
            Events = World.EventCount,
            TraceHash = World.Trace.Value,
            Strikes = Injector.Strikes,
            Requests = (long)_lastValue,
            Succeeded = Decided,
            Undecided = 0,
            Coverage = _coverage,
        };
    }
}
