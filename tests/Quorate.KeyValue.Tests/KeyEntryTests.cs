using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue.Tests;

/// <summary>The versions of one key, against a list of them.</summary>
public class KeyEntryTests
{
    private readonly KeyValueStore _store = new();

    [Theory]
    [InlineData(1, 3_000, 0)]
    [InlineData(2, 3_000, 400)]
    [InlineData(3, 3_000, 7)]
    public void Any_version_that_is_kept_is_found_from_the_newest(int seed, int writes, int compactEvery)
    {
        var random = new Random(seed);
        List<(long Revision, long Version)> twin = [];
        long version = 0;
        for (int i = 1; i <= writes; i++)
        {
            if (version > 0 && random.Next(20) == 0)
            {
                twin.Add((_store.Delete("k").Revision, 0));
                version = 0;
            }
            else
            {
                twin.Add((_store.Put("k", $"{i}").Revision, ++version));
            }

            if (random.Next(3) == 0)
            {
                _store.Put("another", "one");
            }

            if (compactEvery > 0 && i % compactEvery == 0)
            {
                long revision = _store.Current.Revision - random.Next(2 * compactEvery);
                if (revision > _store.Current.CompactRevision && revision > 1)
                {
                    _store.Compact(revision);
                }

                // Not always to the end, so that some of what is dropped is still there.
                _store.CollectGarbage(random.Next(1, 3 * compactEvery));
            }

            if (i % 97 == 0 || i == writes)
            {
                Check(twin, random);
            }
        }
    }

    [Fact]
    public void Many_versions_are_walked_in_few_steps()
    {
        // 100,000 times through 100,000 versions one by one would take minutes.
        const int Versions = 100_000;
        for (int i = 0; i < Versions; i++)
        {
            _store.Put("k", "");
        }

        KeyEntry entry = Find();
        for (int i = 0; i < Versions; i++)
        {
            entry.At(2 + i)!.Value.Version.ShouldBe(i + 1);
        }
    }

    private void Check(List<(long Revision, long Version)> twin, Random random)
    {
        KeyEntry entry = Find();
        long oldest = Math.Max(2, _store.Current.CompactRevision);
        for (int i = 0; i < 20; i++)
        {
            long revision = random.NextInt64(oldest, _store.Current.Revision + 1);
            (long _, long expected) = twin.LastOrDefault(version => version.Revision <= revision);
            (entry.At(revision)?.Version ?? 0).ShouldBe(expected);

            (long Revision, long Version)[] after = [.. twin.Where(version => version.Revision >= revision)];
            entry.CountFrom(revision).ShouldBe(after.Length);
            int newer = random.Next(after.Length + 1);
            int count = random.Next(after.Length - newer + 1);
            List<KeyRevision> found = [];
            entry.AddVersions(newer, count, found);
            found.Select(static version => (version.ModRevision, version.Version)).ShouldBe(after[..^newer].TakeLast(count));
        }

        var expectedKept = twin.Where(version => version.Revision >= _store.Current.CompactRevision).ToList();
        (long Revision, long Version) met = twin.LastOrDefault(version => version.Revision < _store.Current.CompactRevision);
        if (met.Version > 0 && (expectedKept.Count == 0 || expectedKept[0].Revision > _store.Current.CompactRevision))
        {
            expectedKept.Insert(0, met);
        }

        KeptVersionsTests.Kept(_store).Where(static version => version.Key == "k").Select(static version => (version.Revision, version.Version))
            .ShouldBe(expectedKept);
    }

    private KeyEntry Find() => TreeReader.Find(_store.Current.Tree, "k"u8)!.Value;
}
