using Quorate.Raft;

namespace Quorate.Runtime;

/// <summary>Lets others wait for what the loop learns about the leader.</summary>
internal sealed class LeaderWatch
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed_NeedsGate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MemberId _leader_NeedsGate;
    private MemberId _published; // the loop's own

    /// <summary>Called on the loop after each batch; costs nothing while nothing changes.</summary>
    public void Publish(MemberId leader)
    {
        if (leader == _published)
        {
            return;
        }

        _published = leader;
        TaskCompletionSource changed;
        lock (_gate)
        {
            _leader_NeedsGate = leader;
            changed = _changed_NeedsGate;
            _changed_NeedsGate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    /// <summary>Waits until the leader satisfies <paramref name="condition"/>.</summary>
    public async Task<MemberId> WaitAsync(Func<MemberId, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (condition(_leader_NeedsGate))
                {
                    return _leader_NeedsGate;
                }

                changed = _changed_NeedsGate.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
