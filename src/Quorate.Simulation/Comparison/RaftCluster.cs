using System.Buffers.Binary;
using Quorate.Replica;

namespace Quorate.Simulation.Comparison;

/// <summary>Production replicas, timed as an operator would: heartbeats each 100 ms, elections after one to two seconds.</summary>
internal sealed class RaftCluster : ComparedCluster
{
    private long _lastTerm;

    public RaftCluster(ulong seed, SimulatedWorldOptions world)
    {
        World = new SimulatedWorld(
            seed, world with { TickInterval = TickInterval, ElectionTimeoutTicks = 100, HeartbeatTicks = 10 }, static _ => new NothingMachine());
    }

    public override ComparedProtocol Protocol => ComparedProtocol.Raft;

    public override SimulatedWorld World { get; }

    public override long Preempted => 0;

    public override long ElectionsOrBallots => _lastTerm =
        Math.Max(_lastTerm, World.Members.Max(static member => member.Replica?.Algorithm.CurrentTerm ?? 0));

    public override (SimulatedMember Member, string Name) MostWanted => (World.Leader() ?? World.Members[0], "the leader");

    public override bool Propose(SimulatedMember member, ulong number, int bytes, Action decided)
    {
        if (member.Replica is not { } replica)
        {
            return false;
        }

        byte[] buffer = new byte[Proposal.HeaderLength + Math.Max(bytes, sizeof(ulong))];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.AsSpan(Proposal.HeaderLength), number);
        member.OnLoop(() => replica.Propose(new CommandProposal(buffer, decided)));
        return true;
    }
}
