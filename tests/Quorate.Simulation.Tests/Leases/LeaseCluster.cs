using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.KeyValue.Leases;
using Quorate.Simulation.Workloads;

namespace Quorate.Simulation.Tests.Leases;

/// <summary>A simulated cluster of three with a front in each life of each member, and short ways to ask it.</summary>
internal sealed class LeaseCluster : IWorldObserver
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly (int Life, EtcdFront? Front)[] _fronts = new (int, EtcdFront?)[3];

    public LeaseCluster(ulong seed, long snapshotEveryEntries = 10_000)
    {
        World = new SimulatedWorld(
            seed,
            new SimulatedWorldOptions { ConfigureReplica = replica => replica with { SnapshotEveryEntries = snapshotEveryEntries, TrailingEntriesKept = 0 } },
            _ => new EtcdStateMachine());
        World.Observers.Add(this);
        World.StartAll();
        Elect();
    }

    public SimulatedWorld World { get; }

    public SimulatedMember Leader => World.Leader()!;

    public void Elect() => World.RunUntil(() => World.Leader() is not null, s_patience).ShouldBeTrue("somebody is elected");

    public void AfterEvent(SimulatedMember? member)
    {
        if (member?.Replica is { } replica && _fronts[member.Id.Value - 1].Life != member.Life)
        {
            var options = new EtcdOptions { ClusterId = 1, LeaseClockStepMax = 2 * World.Options.TickInterval, LeaseIdSeed = 5 };
            _fronts[member.Id.Value - 1] = (member.Life, new EtcdFront(new LoopReplica(member, replica), (EtcdStateMachine)member.StateMachine!, options));
        }
    }

    public EtcdFront FrontOf(SimulatedMember member) => _fronts[member.Id.Value - 1].Front!;

    public static Lease? LeaseAt(SimulatedMember member, long id) => ((EtcdStateMachine)member.StateMachine!).CurrentLeases.Find(id);

    public void Grant(long id, long ttl)
    {
        Ask<LeaseGrantResponse>(Leader, (front, call) => front.Lease.Grant(new LeaseGrantRequest { ID = id, TTL = ttl }, call)).TTL.ShouldBe(ttl);
        Ask<PutResponse>(Leader, (front, call) => front.KeyValue.Put(new PutRequest { Key = ByteString.CopyFromUtf8("k"), Lease = id }, call));
    }

    public long KeepAlive(SimulatedMember at, long id) =>
        Ask<LeaseKeepAliveResponse>(at, (front, call) => front.Lease.KeepAlive(new LeaseKeepAliveRequest { ID = id }, call)).TTL;

    public long TimeToLive(SimulatedMember at, long id) =>
        Ask<LeaseTimeToLiveResponse>(at, (front, call) => front.Lease.TimeToLive(new LeaseTimeToLiveRequest { ID = id }, call)).TTL;

    /// <summary>How long it takes from now until the leader has a lease no more.</summary>
    public TimeSpan TimeUntilGone(long id, TimeSpan atMost)
    {
        TimeSpan begin = World.Now;
        World.RunUntil(() => World.Leader() is { } leader && LeaseAt(leader, id) is null, atMost).ShouldBeTrue($"lease {id} goes within {atMost}");
        return World.Now - begin;
    }

    public TResponse Ask<TResponse>(SimulatedMember at, Action<EtcdFront, EtcdCall<TResponse>> ask)
        where TResponse : class, IEtcdResponse
    {
        IEtcdResponse? answer = null;
        EtcdError? failure = null;
        at.OnLoop(() => ask(FrontOf(at), new SimulatedCall<TResponse>(s_patience, response => answer = response, error => failure = error)));
        World.RunUntil(() => answer is not null || failure is not null, s_patience).ShouldBeTrue();
        failure.ShouldBeNull();
        return (TResponse)answer!;
    }
}
