using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Simulation;

/// <summary>The world as one life of one member sees it.</summary>
internal sealed class SimulatedMemberWorld : IWorld, IPeerNetwork
{
    private readonly SimulatedMember _member;
    private readonly SimulatedWorld _world;
    private readonly int _life;

    public SimulatedMemberWorld(SimulatedMember member, SimulatedWorld world, SeededRandom random)
    {
        _member = member;
        _world = world;
        _life = member.Life;
        Seed = random.NextUInt64();
        LogLane = new SimulatedLane(member, world, random.Fork());
        BackgroundLane = new SimulatedLane(member, world, random.Fork());
    }

    public IClock Clock => _member.Clock;

    public IDisk Disk => _member.Disk;

    public IPeerNetwork Network => this;

    public IWorkLane LogLane { get; }

    public IWorkLane BackgroundLane { get; }

    public ulong Seed { get; }

    public void Send(ulong peer, FrameBuffer frame)
    {
        if (_member.IsInLife(_life))
        {
            _world.Network.Send(_member.Id.Value, peer, frame.Written);
        }

        frame.Dispose();
    }
}
