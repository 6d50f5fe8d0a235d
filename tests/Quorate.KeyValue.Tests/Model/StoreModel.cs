namespace Quorate.KeyValue.Tests.Model;

/// <summary>
/// The store written naively: the list of all changes ever made, never cut. What a version of the store shows is
/// computed from it, its revision and its compact revision, each time anew.
/// </summary>
internal sealed class StoreModel
{
    private readonly List<ModelVersion> _changes = [];

    public long Revision { get; private set; } = 1;

    public long CompactRevision { get; private set; } = -1;

    public int OpenChanges => _changes.Count(change => change.Mod > Revision);

    public long RevisionInTransaction => OpenChanges > 0 ? Revision + 1 : Revision;

    public ModelVersion? At(string key, long revision) =>
        _changes.LastOrDefault(change => change.Key == key && change.Mod <= revision) is { IsTombstone: false } found ? found : null;

    public void Put(string key, string value, long lease)
    {
        ModelVersion? before = At(key, long.MaxValue);
        _changes.Add(new ModelVersion(
            key, value, before?.Create ?? Revision + 1, Revision + 1, OpenChanges, (before?.Version ?? 0) + 1, lease));
    }

    public List<ModelVersion> Delete(Func<string, bool> contains)
    {
        List<ModelVersion> deleted = Present(contains, long.MaxValue);
        foreach (ModelVersion version in deleted)
        {
            _changes.Add(new ModelVersion(version.Key, "", 0, Revision + 1, OpenChanges, 0, 0));
        }

        return deleted;
    }

    public void Commit() => Revision = RevisionInTransaction;

    public void Rollback() => _changes.RemoveAll(change => change.Mod > Revision);

    public void Compact(long revision) => CompactRevision = revision;

    public List<ModelVersion> Present(Func<string, bool> contains, long revision) =>
        [.. _changes.Select(change => change.Key).Distinct().Where(contains).Order(StringComparer.Ordinal)
            .Select(key => At(key, revision)).OfType<ModelVersion>()];

    public List<ModelVersion> Events(Func<string, bool> contains, long fromRevision, long toRevision) =>
        [.. _changes.Where(change => contains(change.Key) && change.Mod >= fromRevision && change.Mod <= toRevision)];

    /// <summary>What a compaction keeps of the changes up to a revision, said as etcd says it.</summary>
    public IEnumerable<ModelVersion> Kept(long revision, long compactRevision) => _changes.Where(change =>
        change.Mod <= revision && (change.Mod >= compactRevision || ReferenceEquals(At(change.Key, compactRevision), change)));

    /// <summary>A range read, step by step as etcd's applier: fetch, filter, sort, limit.</summary>
    public (List<ModelVersion> Records, long Count, bool More) Range(
        RangeQuery query, Func<string, bool> contains, long present)
    {
        List<ModelVersion> fetched = Present(contains, query.Revision <= 0 ? present : query.Revision);
        int count = fetched.Count;
        if (query.CountOnly)
        {
            return ([], count, false);
        }

        IEnumerable<ModelVersion> records = fetched.Where(record =>
            !(query.MinModRevision != 0 && record.Mod < query.MinModRevision)
            && !(query.MaxModRevision != 0 && record.Mod > query.MaxModRevision)
            && !(query.MinCreateRevision != 0 && record.Create < query.MinCreateRevision)
            && !(query.MaxCreateRevision != 0 && record.Create > query.MaxCreateRevision));
        records = query.SortTarget switch
        {
            SortTarget.Version => Order(records, query.SortOrder, record => record.Version),
            SortTarget.Create => Order(records, query.SortOrder, record => record.Create),
            SortTarget.Mod => Order(records, query.SortOrder, record => record.Mod),
            SortTarget.Value => query.SortOrder == SortOrder.Descend
                ? records.OrderByDescending(record => record.Value, StringComparer.Ordinal)
                : records.OrderBy(record => record.Value, StringComparer.Ordinal),
            _ => query.SortOrder == SortOrder.Descend ? records.Reverse() : records,
        };
        List<ModelVersion> sorted = [.. records];
        bool more = query.Limit > 0 && sorted.Count > query.Limit;
        return (more ? sorted[..(int)query.Limit] : sorted, count, more);
    }

    private static IOrderedEnumerable<ModelVersion> Order(
        IEnumerable<ModelVersion> records, SortOrder order, Func<ModelVersion, long> by) =>
        order == SortOrder.Descend ? records.OrderByDescending(by) : records.OrderBy(by);
}
