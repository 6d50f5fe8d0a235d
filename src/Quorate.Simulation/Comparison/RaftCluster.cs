using System.Buffers.Binary;
using Quorate.Replica;

namespace Quorate.Simulation.Comparison;

/// <summary>Production replicas, timed as an operator would: heartbeats each 100 ms, elections after one to two seconds.</summary>
internal sealed class RaftCluster : ComparedCluster
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

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
        if (!member.IsRunning)
        {
            return false;
        }

        Try(member, member.Life, number, bytes, decided);
        return true;
    }

    /// <summary>
    /// A client that is told that its command was certainly not carried out proposes it again; one that is told that nobody
    /// knows, or whose member dies, gives up.
    /// </summary>
    private void Try(SimulatedMember member, int life, ulong number, int bytes, Action decided)
    {
        if (member.Replica is not { } replica || member.Life != life)
        {
            return;
        }

        byte[] buffer = new byte[Proposal.HeaderLength + bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.AsSpan(Proposal.HeaderLength), number);
        var proposal = new CommandProposal(buffer, s_timeout, outcome =>
        {
            switch (outcome)
            {
                case ProposalStatus.Applied:
                    decided();
                    break;
                case ProposalStatus.NoLeader or ProposalStatus.NotLeader or ProposalStatus.Overloaded
                    or ProposalStatus.Transferring or ProposalStatus.Superseded:
                    World.After(s_pause, () => Try(member, life, number, bytes, decided));
                    break;
            }
        });
        member.OnLoop(() => replica.Propose(proposal));
    }
}
