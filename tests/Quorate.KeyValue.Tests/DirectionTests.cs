using System.Globalization;
using System.Text;

namespace Quorate.KeyValue.Tests;

/// <summary>A walk backwards meets what a walk forwards does, and a read of one key makes nothing.</summary>
public class DirectionTests
{
    private readonly KeyValueStore _store = new();
    private readonly long _revisionBeforeDeletions;

    public DirectionTests()
    {
        // Several hundred leaves; whole runs of keys are deleted, so that some leaves have nothing to show.
        for (int i = 0; i < 3_000; i++)
        {
            Put(i * 7_919 % 3_000, "v");
        }

        _revisionBeforeDeletions = _store.Current.Revision;
        using WriteTransaction write = _store.Begin();
        for (int i = 0; i < 3_000; i++)
        {
            if (i % 3 == 0 || i is > 400 and < 700)
            {
                write.Delete(KeyRange.ForKey(Key(i)));
            }
        }

        write.Commit();
    }

    [Fact]
    public void Descending_is_ascending_reversed_for_any_range_limit_and_revision()
    {
        StoreVersion version = _store.Current;
        for (int from = 0; from < 3_000; from += 211)
        {
            for (int to = 0; to <= 3_200; to += 173)
            {
                foreach (long revision in new[] { 0L, _revisionBeforeDeletions, 1_500L })
                {
                    RangeQuery query = new() { Keys = new KeyRange(Key(from), to > 3_000 ? Array.Empty<byte>() : Key(to)), Revision = revision };
                    RangeResult forwards = version.Range(query);
                    foreach (long limit in new[] { 0L, 1L, 40L })
                    {
                        RangeResult backwards = version.Range(query with { SortOrder = SortOrder.Descend, Limit = limit });
                        string[] expected = [.. forwards.Records.Reverse().Take(limit == 0 ? int.MaxValue : (int)limit).Select(Name)];
                        backwards.Records.Select(Name).ShouldBe(expected);
                        backwards.Count.ShouldBe(forwards.Count);
                        backwards.More.ShouldBe(expected.Length < forwards.Count);
                    }
                }
            }
        }
    }

    [Fact]
    public void Reading_one_key_allocates_nothing()
    {
        byte[] present = Key(1_000);
        byte[] deleted = Key(999);
        StoreVersion version = _store.Current;
        int found = 0;
        long allocated = long.MaxValue;

        // The first rounds pay for the compiler.
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                found += version.Get(present) is null ? 0 : 1;
                found += version.Get(present, _revisionBeforeDeletions) is null ? 0 : 1;
                found += version.Get(deleted) is null ? 0 : 1;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        found.ShouldBe(600);
        allocated.ShouldBe(0);
    }

    [Fact]
    public void A_transaction_reads_a_key_as_it_was_before_it_whatever_it_has_done_since()
    {
        using WriteTransaction write = _store.Begin();
        write.GetBefore(Key(1))!.Value.Version.ShouldBe(1);
        write.Put(Key(1), "x"u8.ToArray(), 0);
        write.Put(Key(1), "y"u8.ToArray(), 0);
        write.Delete(KeyRange.ForKey(Key(2)));
        write.Put(Key(9_999), "new"u8.ToArray(), 0);
        write.GetBefore(Key(1))!.Value.Version.ShouldBe(1);
        write.GetBefore(Key(2)).ShouldNotBeNull();
        write.GetBefore(Key(9_999)).ShouldBeNull();
        write.Get(Key(1))!.Value.Version.ShouldBe(3);
        write.CommitUnpublished();

        using WriteTransaction next = _store.Begin();
        next.GetBefore(Key(1))!.Value.Version.ShouldBe(3, "what is committed but not published is before it, too");
        next.GetBefore(Key(2)).ShouldBeNull();
        next.Get(Key(2), _revisionBeforeDeletions).ShouldNotBeNull();
        Should.Throw<FutureRevisionException>(() => next.Get(Key(2), next.Revision + 1));
    }

    private static byte[] Key(int number) => Encoding.ASCII.GetBytes(number.ToString("D5", CultureInfo.InvariantCulture));

    private static string Name(KeyValueRecord record) => Encoding.ASCII.GetString(record.Key.Span);

    private void Put(int number, string value)
    {
        using WriteTransaction write = _store.Begin();
        write.Put(Key(number), Encoding.ASCII.GetBytes(value), 0);
        write.Commit();
    }
}
