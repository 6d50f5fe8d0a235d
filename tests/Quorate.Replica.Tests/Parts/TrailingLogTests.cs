using Quorate.Replica.Parts;

namespace Quorate.Replica.Tests.Parts;

public sealed class TrailingLogTests
{
    [Fact]
    public void So_many_entries_are_kept_where_they_are_small()
    {
        TrailingLog trailing = new(entriesKept: 10, bytesKept: 1_000_000);
        for (long index = 1; index <= 100; index++)
        {
            trailing.Applied(index, index * 10);
        }

        trailing.FirstKept(100, 1000).ShouldBe(91);
        trailing.FirstKept(5, 50).ShouldBe(1);
    }

    [Fact]
    public void No_more_than_so_many_bytes_are_kept_give_or_take_a_mark()
    {
        TrailingLog trailing = new(entriesKept: 1_000_000, bytesKept: 1600);
        for (long index = 1; index <= 10_000; index++)
        {
            trailing.Applied(index, index * 10);
            trailing.FirstKept(index, index * 10).ShouldBeInRange(Math.Max(1, index - 180), Math.Max(1, index - 140));
        }
    }

    [Fact]
    public void A_single_huge_entry_does_not_keep_everything_before_it()
    {
        TrailingLog trailing = new(entriesKept: 1_000_000, bytesKept: 1600);
        trailing.Applied(100, 1000);
        trailing.Applied(101, 1_000_000);

        trailing.FirstKept(101, 1_000_000).ShouldBe(101);
    }
}
