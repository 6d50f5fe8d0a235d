using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue;

/// <summary>Answers range queries from a tree that does not change meanwhile.</summary>
internal static class RangeReader
{
    /// <summary>Reads a range.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="present">The revision that the tree's newest versions reflect.</param>
    /// <param name="compactRevision">The oldest revision that can be read.</param>
    /// <param name="query">What is asked for.</param>
    public static RangeResult Read(TreeView tree, long present, long compactRevision, RangeQuery query)
    {
        long revision = ResolveRevision(query.Revision, present, compactRevision);
        if (query.CountOnly)
        {
            return new RangeResult([], Count(tree, query.Keys, revision, present), More: false);
        }

        if (query.Keys.End is null)
        {
            return ReadKey(tree, revision, query);
        }

        bool sorts = query.SortTarget != SortTarget.Key;
        bool fetchesAll = sorts || Filters(query) || query.Limit <= 0;
        List<KeyRevision> found = [];
        long fetchedMax = fetchesAll ? long.MaxValue : query.Limit;
        long count = !sorts && query.SortOrder == SortOrder.Descend
            ? Fetch(new DescendingCursor(tree, query.Keys), tree, query, revision, present, fetchedMax, found)
            : Fetch(new TreeCursor(tree, query.Keys), tree, query, revision, present, fetchedMax, found);
        if (sorts)
        {
            // Ties are in order of key, whichever the direction, so the order is the same on every member.
            found.Sort(new KeyRevisionComparer(query.SortTarget, query.SortOrder == SortOrder.Descend));
        }

        // Without filters the count tells; with them, what is left of all that was fetched.
        long matching = fetchesAll ? found.Count : count;
        int returned = query.Limit > 0 ? (int)Math.Min(query.Limit, found.Count) : found.Count;
        var records = new KeyValueRecord[returned];
        for (int i = 0; i < records.Length; i++)
        {
            records[i] = query.KeysOnly ? found[i].ToRecordWithoutValue() : found[i].ToRecord();
        }

        return new RangeResult(records, count, More: matching > returned);
    }

    /// <summary>Walks a range, one record at a time.</summary>
    public static IEnumerable<KeyValueRecord> Scan(TreeView tree, KeyRange keys, long revision)
    {
        var cursor = new TreeCursor(tree, keys);
        while (cursor.NextEntry() is { } entry)
        {
            if (entry.At(revision) is { } then)
            {
                yield return then.ToRecord();
            }
        }
    }

    /// <summary>Reads one key; null where it is absent.</summary>
    public static KeyRevision? Find(TreeView tree, ReadOnlySpan<byte> key, long revision) =>
        TreeReader.Find(tree, key)?.At(revision);

    /// <summary>The revision that a request names; zero or less names the present.</summary>
    public static long ResolveRevision(long asked, long present, long compactRevision)
    {
        if (asked <= 0)
        {
            return present;
        }

        if (asked > present)
        {
            throw new FutureRevisionException(asked, present);
        }

        return asked >= compactRevision ? asked : throw new RevisionCompactedException(asked, compactRevision);
    }

    private static long Count(TreeView tree, in KeyRange keys, long revision, long present)
    {
        if (revision == present)
        {
            return TreeReader.CountLive(tree, keys);
        }

        long count = 0;
        var cursor = new TreeCursor(tree, keys);
        while (cursor.NextEntry() is { } entry)
        {
            count += entry.At(revision) is not null ? 1 : 0;
        }

        return count;
    }

    /// <summary>Collects what passes the filters, up to a number; returns how many keys the range holds.</summary>
    private static long Fetch<TCursor>(
        TCursor cursor, TreeView tree, RangeQuery query, long revision, long present, long fetchedMax, List<KeyRevision> found)
        where TCursor : struct, ITreeCursor
    {
        if (revision == present)
        {
            while (found.Count < fetchedMax && cursor.NextLive() is { } live)
            {
                if (Matches(live, query))
                {
                    found.Add(live);
                }
            }

            return TreeReader.CountLive(tree, query.Keys);
        }

        long count = 0;
        while (cursor.NextEntry() is { } entry)
        {
            if (entry.At(revision) is { } then)
            {
                count++;
                if (found.Count < fetchedMax && Matches(then, query))
                {
                    found.Add(then);
                }
            }
        }

        return count;
    }

    /// <summary>One key: no cursor and no list.</summary>
    private static RangeResult ReadKey(TreeView tree, long revision, RangeQuery query)
    {
        if (Find(tree, query.Keys.Start.Span, revision) is not { } found)
        {
            return new RangeResult([], 0, More: false);
        }

        return new RangeResult(
            Matches(found, query) ? [query.KeysOnly ? found.ToRecordWithoutValue() : found.ToRecord()] : [], 1, More: false);
    }

    private static bool Matches(KeyRevision candidate, RangeQuery query) =>
        (query.MinModRevision == 0 || candidate.ModRevision >= query.MinModRevision)
        && (query.MaxModRevision == 0 || candidate.ModRevision <= query.MaxModRevision)
        && (query.MinCreateRevision == 0 || candidate.CreateRevision >= query.MinCreateRevision)
        && (query.MaxCreateRevision == 0 || candidate.CreateRevision <= query.MaxCreateRevision);

    private static bool Filters(RangeQuery query) =>
        query.MinModRevision != 0 || query.MaxModRevision != 0 || query.MinCreateRevision != 0 || query.MaxCreateRevision != 0;
}
