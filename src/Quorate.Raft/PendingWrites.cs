namespace Quorate.Raft;

/// <summary>
/// What of the log and of term and vote is on disk, and which batches are on their way there.
/// </summary>
/// <remarks>
/// <para>A batch's completion is not believed by its index, nor by term and index. Example: entry 5 of term 2 is being
/// written; a leader of term 3 replaces it; one of term 4 brings the very entry 2/5 back. When the first write completes,
/// memory holds 2/5 again and so does the disk, but the second batch is about to remove it there, and an
/// acknowledgement given now would be forgotten by a crash in between (A-B-A). So each batch remembers how much of
/// what it wrote has stood in memory ever since, and vouches for that only.</para>
/// <para>Invariant: every entry up to <see cref="DurableIndex"/> is in the log in memory and will be there after a crash at
/// any later instant unless a truncation that has yet to be asked for removes it.</para>
/// </remarks>
internal sealed class PendingWrites(HardState durableHardState, long durableIndex)
{
    private readonly List<(WriteMark Mark, long StandingIndex)> _batches = [];
    private int _stalledTicks;

    /// <summary>Up to here the log is on disk.</summary>
    public long DurableIndex { get; private set; } = durableIndex;

    /// <summary>Term and vote on disk.</summary>
    public HardState DurableHardState { get; private set; } = durableHardState;

    public void Tick() => _stalledTicks = _batches.Count == 0 ? 0 : _stalledTicks + 1;

    /// <summary>Whether writes are out and none has completed for so long.</summary>
    public bool AreStalledFor(int ticks) => _stalledTicks >= ticks;

    public void Started(WriteMark mark) => _batches.Add((mark, mark.Last.Index));

    /// <summary>A batch is flushed, and with it every earlier one.</summary>
    public void Completed(WriteMark mark)
    {
        int position = PositionOf(mark);
        if (position < 0)
        {
            throw new InvalidOperationException($"a write was reported durable that was not asked for: term and vote {mark.HardState}, last entry {mark.Last}");
        }

        DurableHardState = mark.HardState;
        DurableIndex = Math.Max(DurableIndex, _batches[position].StandingIndex);
#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.CompletionMatchedByIndex))
        {
            DurableIndex = Math.Max(DurableIndex, mark.Last.Index);
        }
#endif
        _batches.RemoveRange(0, position + 1);
        _stalledTicks = 0;
    }

    private int PositionOf(WriteMark mark)
    {
        for (int i = 0; i < _batches.Count; i++)
        {
            if (_batches[i].Mark == mark)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The log in memory was cut: batches vouch for no more than what is left.</summary>
    public void Truncated(long lastKept)
    {
        DurableIndex = Math.Min(DurableIndex, lastKept);
        for (int i = 0; i < _batches.Count; i++)
        {
            (WriteMark mark, long standing) = _batches[i];
            _batches[i] = (mark, Math.Min(standing, lastKept));
        }
    }

    /// <summary>A snapshot, itself durable, stands for the log up to <paramref name="lastIncluded"/>.</summary>
    public void CoveredBySnapshot(long lastIncluded) => DurableIndex = Math.Max(DurableIndex, lastIncluded);
}
