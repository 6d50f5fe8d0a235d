namespace Quorate.Raft;

/// <summary>
/// The term and index of an entry. By Log Matching (paper §5.3) two logs that hold the same position
/// hold the same entries up to it.
/// </summary>
/// <param name="Term">Term of the entry; zero for the start of the log.</param>
/// <param name="Index">Index of the entry; the first entry has index one.</param>
public readonly record struct LogPosition(long Term, long Index)
{
    /// <summary>Before the first entry.</summary>
    public static readonly LogPosition Start;

    /// <summary>
    /// Whether a log that ends here is at least as up to date as one that ends at <paramref name="other"/>:
    /// a later last term, or the same last term and no shorter (paper §5.4.1, spec E2).
    /// </summary>
    public bool IsAtLeastAsUpToDateAs(LogPosition other) =>
#if QUORATE_MUTANTS
        Mutants.Is(Mutant.UpToDateComparedPartwise) ? Term >= other.Term && Index >= other.Index :
        Mutants.Is(Mutant.UpToDateByIndexAlone) ? Index >= other.Index :
#endif
        Term > other.Term || (Term == other.Term && Index >= other.Index);

    /// <inheritdoc/>
    public override string ToString() => $"{Term}/{Index}";
}
