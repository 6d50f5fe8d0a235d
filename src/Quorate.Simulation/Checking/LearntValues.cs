using Quorate.Paxos;
using Quorate.Raft;
using Quorate.Simulation.Processes;

namespace Quorate.Simulation.Checking;

/// <summary>Tells, member by member and life by life, what was learnt since the last look.</summary>
internal sealed class LearntValues(int members, Action<MemberId, long, Value> tell)
{
    private readonly (int Life, long FirstUnknown)[] _seen = new (int Life, long FirstUnknown)[members];

    public void Look(SimulatedMember? member)
    {
        if (member?.Process is not PaxosProcess process)
        {
            return;
        }

        ref (int Life, long FirstUnknown) seen = ref _seen[(int)member.Id.Value - 1];
        Learner learner = process.Algorithm.Learner;
        long next = seen.Life == member.Life ? seen.FirstUnknown : 1;
        for (; next < learner.FirstUnknown; next++)
        {
            tell(member.Id, next, learner.ValueOf(next)!);
        }

        seen = (member.Life, next);
    }
}
