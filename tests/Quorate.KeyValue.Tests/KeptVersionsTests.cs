namespace Quorate.KeyValue.Tests;

/// <summary>The walk over all that a compaction keeps, against a list.</summary>
public class KeptVersionsTests
{
    private readonly KeyValueStore _store = new();

    [Fact]
    public void Of_nothing_there_is_nothing() => Kept(_store).ShouldBeEmpty();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 31)]
    [InlineData(3, 33)]
    [InlineData(4, 200)]
    public void Versions_come_by_key_and_age(int seed, int keys)
    {
        var random = new Random(seed);
        List<(string Key, long Revision, long Version)> twin = [];
        for (int i = 0; i < 20 * keys; i++)
        {
            // Some keys have many versions, others one or none.
            int number = random.Next(random.Next(keys) + 1);
            string key = $"key {number:d4}";
            long before = twin.LastOrDefault(version => version.Key == key).Version;
            twin.Add(before > 0 && random.Next(8) == 0
                ? (key, _store.Delete(key).Revision, 0)
                : (key, _store.Put(key, $"{i}").Revision, before + 1));
        }

        Kept(_store).ShouldBe(InOrder(twin));

        long compactRevision = _store.Current.Revision / 2;
        _store.Compact(compactRevision);
        _store.CollectGarbage(keys);
        Kept(_store).ShouldBe(InOrder(twin.Where(version => version.Revision >= compactRevision || version == MetAt(compactRevision, version.Key, twin))));
    }

    [Fact]
    public void Keys_with_very_many_versions_come_in_order_too()
    {
        // More together than are walked side by side, and one key with more than that alone.
        const int Keys = 7;
        int[] versions = [.. Enumerable.Range(0, Keys).Select(static key => key == 3 ? 70_000 : 13_000 + key)];
        for (int version = 1; version <= versions.Max(); version++)
        {
            for (int key = 0; key < Keys; key++)
            {
                if (version <= versions[key])
                {
                    _store.Put($"k{key}", "");
                }
            }
        }

        var kept = new KeptVersions(_store.Current.Tree, _store.Current.CompactRevision);
        for (int key = 0; key < Keys; key++)
        {
            kept.NextKey(out int count).ShouldBeTrue();
            count.ShouldBe(versions[key]);
            for (int version = 1; version <= count; version++)
            {
                KeyRevision next = kept.NextVersion();
                Bytes.Text(next.KeyMemory).ShouldBe($"k{key}");
                next.Version.ShouldBe(version);
            }
        }

        kept.NextKey(out _).ShouldBeFalse();
    }

    /// <summary>What is kept of a store.</summary>
    internal static List<(string Key, long Revision, long Version)> Kept(KeyValueStore store)
    {
        var kept = new KeptVersions(store.Current.Tree, store.Current.CompactRevision);
        List<(string Key, long Revision, long Version)> found = [];
        while (kept.NextKey(out int versions))
        {
            versions.ShouldBePositive();
            for (int i = 0; i < versions; i++)
            {
                KeyRevision version = kept.NextVersion();
                found.Add((Bytes.Text(version.KeyMemory), version.ModRevision, version.Version));
            }
        }

        return found;
    }

    /// <summary>The version that a read at a revision meets; the default where that is none, or a tombstone.</summary>
    private static (string Key, long Revision, long Version) MetAt(
        long revision, string key, List<(string Key, long Revision, long Version)> twin)
    {
        var met = twin.LastOrDefault(version => version.Key == key && version.Revision <= revision);
        return met.Version == 0 ? default : met;
    }

    private static IEnumerable<(string Key, long Revision, long Version)> InOrder(
        IEnumerable<(string Key, long Revision, long Version)> versions) =>
        versions.OrderBy(static version => version.Key, StringComparer.Ordinal).ThenBy(static version => version.Revision);
}
