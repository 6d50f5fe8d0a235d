using Quorate.Raft;

namespace Quorate.Simulation.Runs;

/// <summary>Counts states that no member knows it is in, as they concern several.</summary>
internal sealed class InterestingStates(SimulatedWorld world, SimulationCoverage coverage) : IWorldObserver, IReplicaObserver
{
    private readonly (int Life, long Term)[] _reigns = new (int Life, long Term)[world.Members.Count];
    private bool _hadMajority;

    public void AfterEvent(SimulatedMember? member)
    {
        if (member is null)
        {
            LookForMajority();
        }
    }

    public void Changed(SimulatedMember member, RaftNode node)
    {
        coverage.HighestTerm = Math.Max(coverage.HighestTerm, node.CurrentTerm);
        ref (int Life, long Term) reign = ref _reigns[(int)member.Id.Value - 1];
        if (node.Role == Role.Leader && reign != (member.Life, node.CurrentTerm))
        {
            reign = (member.Life, node.CurrentTerm);
            LookForOldLeader(node.CurrentTerm);
        }
    }

    private void LookForMajority()
    {
        int running = 0;
        for (int i = 0; i < world.Members.Count; i++)
        {
            running += world.Members[i].IsRunning ? 1 : 0;
        }

        bool hasMajority = running > world.Members.Count / 2;
        coverage.MajorityLosses += _hadMajority && !hasMajority ? 1 : 0;
        _hadMajority = hasMajority;
    }

    /// <summary>Whoever was cut off or paused may take itself for the leader yet: nothing that it does may count.</summary>
    private void LookForOldLeader(long term)
    {
        for (int i = 0; i < world.Members.Count; i++)
        {
            if (world.Members[i].Replica?.Algorithm is { Role: Role.Leader } other && other.CurrentTerm < term)
            {
                coverage.OldLeaders++;
                return;
            }
        }
    }
}
