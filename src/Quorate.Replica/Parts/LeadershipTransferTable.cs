using Quorate.Raft;
using Quorate.Replica.Requests;

namespace Quorate.Replica.Parts;

/// <summary>
/// Handovers of leadership (spec E6) that somebody waits for the end of. The algorithm begins one at a time and gives up
/// after one election timeout, so there are hardly ever two.
/// </summary>
/// <param name="ticksMax">How long the target may take to be seen leading, the time of an election included.</param>
/// <param name="completions">Where outcomes are told.</param>
internal sealed class LeadershipTransferTable(int ticksMax, CompletionQueue completions)
{
    private readonly List<Waiting> _waiting = [];
    private long _now;

    public void Add(MemberId target, Action<TransferOutcome> completed) =>
        _waiting.Add(new Waiting(target, completed, _now + ticksMax));

    public void Tick()
    {
        _now++;
        End(MemberId.None, _now, TransferOutcome.TimedOut);
    }

    /// <summary>A member is known to lead.</summary>
    public void Leads(MemberId leader)
    {
        if (!leader.IsNone)
        {
            End(leader, long.MinValue, TransferOutcome.Moved);
        }
    }

    /// <summary>The member stops: nothing more will be seen from here.</summary>
    public void EndAll() => End(MemberId.None, long.MaxValue, TransferOutcome.Stopping);

    private void End(MemberId target, long deadline, TransferOutcome outcome)
    {
        for (int i = 0; i < _waiting.Count; i++)
        {
            if (_waiting[i].Target == target || _waiting[i].Deadline <= deadline)
            {
                completions.End(_waiting[i].Completed, outcome);
                _waiting.RemoveAt(i--);
            }
        }
    }

    private readonly record struct Waiting(MemberId Target, Action<TransferOutcome> Completed, long Deadline);
}
