namespace Quorate.Raft;

/// <summary>
/// When a leader may call an entry committed (paper §5.3, §5.4.2; spec C1): a majority has it on disk <b>and</b> it is
/// of the leader's current term. Entries of earlier terms become committed with it, never by counting their copies:
/// figure 8 shows a majority holding an older entry that a later leader may still overwrite.
/// </summary>
internal static class CommitRule
{
    /// <summary>The commit index that follows from what the voters hold; never below <paramref name="commitIndex"/>.</summary>
    /// <param name="quorum">Whose majority counts.</param>
    /// <param name="matchIndex">What each voter has on disk; for the leader itself its own durable index (spec L4).</param>
    /// <param name="log">The leader's log.</param>
    /// <param name="currentTerm">The leader's term.</param>
    /// <param name="commitIndex">What is known to be committed.</param>
    public static long Advance(Quorum quorum, Func<MemberId, long> matchIndex, RaftLog log, long currentTerm, long commitIndex)
    {
        long majorityIndex = quorum.MajorityIndex(matchIndex);
        if (majorityIndex <= commitIndex)
        {
            return commitIndex;
        }

#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.OldTermCommittedByCounting))
        {
            return majorityIndex;
        }
#endif
        return log.TermAt(majorityIndex) == currentTerm ? majorityIndex : commitIndex;
    }
}
