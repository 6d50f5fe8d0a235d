using Quorate.Raft;

namespace Quorate.Simulation.Runs;

/// <summary>Counts logs whose end was replaced (paper §5.3).</summary>
internal sealed class TruncationCounter(int members, SimulationCoverage coverage) : IReplicaObserver
{
    private readonly (int Life, LogPosition Last)[] _seen = new (int Life, LogPosition Last)[members];

    public void Changed(SimulatedMember member, RaftNode node)
    {
        RaftLog log = node.Log;
        ref (int Life, LogPosition Last) seen = ref _seen[(int)member.Id.Value - 1];
        if (seen.Life == member.Life && seen.Last != log.Last && seen.Last.Index > log.BeforeFirst.Index && !log.Contains(seen.Last))
        {
            coverage.Truncations++;
        }

        seen = (member.Life, log.Last);
    }
}
