using System.Collections.Immutable;
using Quorate.Io;
using Quorate.Paxos;
using Quorate.Raft;
using Quorate.Simulation.Processes;

namespace Quorate.Simulation.Comparison;

/// <summary>Members that decide by Paxos, any of which proposes.</summary>
internal sealed class PaxosCluster : ComparedCluster
{
    private readonly ImmutableArray<MemberId> _ids;
    private readonly Func<PaxosOptions, PaxosOptions>? _configure;
    private readonly SortedDictionary<ulong, (SimulatedMember Member, int Life, Action Decided)> _waiting = [];
    private readonly List<PaxosCounters> _lives = [];
    private SimulatedMember? _lastWinner;

    public PaxosCluster(ulong seed, SimulatedWorldOptions world, Func<PaxosOptions, PaxosOptions>? configure = null)
    {
        _ids = [.. Ids(world)];
        _configure = configure;
        World = new SimulatedWorld(seed, world with { TickInterval = TickInterval }, Open);
    }

    public override ComparedProtocol Protocol => ComparedProtocol.Paxos;

    public override SimulatedWorld World { get; }

    public override long Preempted => _lives.Sum(static life => life.PreparesPreempted + life.AcceptsPreempted);

    public override long ElectionsOrBallots => _lives.Sum(static life => life.Ballots);

    public override (SimulatedMember Member, string Name) MostWanted => (_lastWinner ?? World.Members[0], "who decided last");

    public override bool Propose(SimulatedMember member, ulong number, int bytes, Action decided)
    {
        if (member.Process is not PaxosProcess process)
        {
            return false;
        }

        _waiting.Add(number, (member, member.Life, decided));
        member.OnLoop(() => process.Propose(new Value(number, new byte[bytes])));
        return true;
    }

    /// <summary>Whether any member knows the value of an instance.</summary>
    public bool IsDecided(long instance) => World.Members.Any(member =>
        member.Process is PaxosProcess process && process.Algorithm.Learner.ValueOf(instance) is not null);

    private PaxosProcess Open(SimulatedMember member, IWorld world)
    {
        var options = new PaxosOptions { Id = member.Id, Members = _ids, Seed = 0 };
        var process = PaxosProcess.Open(_configure?.Invoke(options) ?? options, world);
        _lives.Add(process.Algorithm.Counters);
        process.Learnt = (_, value) => Learnt(member, value);
        return process;
    }

    private void Learnt(SimulatedMember member, Value value)
    {
        if (_waiting.TryGetValue(value.Id, out (SimulatedMember Member, int Life, Action Decided) waiting)
            && waiting.Member == member && waiting.Life == member.Life)
        {
            _waiting.Remove(value.Id);
            _lastWinner = member;
            waiting.Decided();
        }
    }
}
