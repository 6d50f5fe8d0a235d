namespace Quorate.KeyValue.Records;

/// <summary>
/// The way from a version to those before it: to the one just before, and further back, so that any of n versions is
/// found in the order of log n steps (E. W. Myers, "An applicative random-access stack", 1983).
/// </summary>
/// <param name="Older">The version just before.</param>
/// <param name="OlderModRevision">Its revision.</param>
/// <param name="Jump">A version further back, or the one just before.</param>
/// <param name="JumpModRevision">Its revision.</param>
/// <param name="JumpSpan">How many versions back it is.</param>
/// <remarks>
/// What a compaction dropped may be gone from memory, and handles to it remain. So the revision stands beside each handle:
/// it is read before the handle is followed.
/// </remarks>
internal readonly record struct OlderVersions(
    RecordHandle Older, long OlderModRevision, RecordHandle Jump, long JumpModRevision, int JumpSpan)
{
    /// <summary>The ways back from a version that is about to follow another.</summary>
    /// <param name="older">The key's newest version up to now.</param>
    /// <param name="records">Where it stands.</param>
    /// <param name="compactRevision">Versions from this revision on are there for sure.</param>
    public static OlderVersions Before(RecordHandle older, RecordView records, long compactRevision)
    {
        KeyRevision before = records[older];
        var direct = new OlderVersions(older, before.ModRevision, older, before.ModRevision, 1);
        if (!before.HasOlder)
        {
            return direct;
        }

        OlderVersions link = before.Older;
        if (link.JumpModRevision < compactRevision)
        {
            return direct;
        }

        // Two jumps of equal length make one: lengths are those of the digits of a skew binary number.
        KeyRevision target = records[link.Jump];
        if (!target.HasOlder)
        {
            return direct;
        }

        OlderVersions further = target.Older;
        long span = 1L + link.JumpSpan + further.JumpSpan;
        return further.JumpSpan == link.JumpSpan && span <= int.MaxValue
            ? direct with { Jump = further.Jump, JumpModRevision = further.JumpModRevision, JumpSpan = (int)span }
            : direct;
    }
}
