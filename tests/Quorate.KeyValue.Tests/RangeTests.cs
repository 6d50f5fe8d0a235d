namespace Quorate.KeyValue.Tests;

public class RangeTests
{
    private readonly KeyValueStore _store = new();

    public RangeTests()
    {
        // Revisions 2 to 6; "b" is at version two.
        _store.Put("b", "3");
        _store.Put("c", "1");
        _store.Put("a", "2");
        _store.Put("d", "4");
        _store.Put("b", "0");
    }

    [Fact]
    public void One_key_is_meant_where_there_is_no_end() =>
        Read(new RangeQuery { Keys = KeyRange.FromWire(Bytes.Of("b"), default) }).Show().ShouldBe("b=0");

    [Fact]
    public void The_end_is_not_included() => Read(new RangeQuery { Keys = Bytes.Range("a", "c") }).Show().ShouldBe("a=2 b=0");

    [Fact]
    public void An_end_of_one_zero_byte_means_all_keys_from_the_start_on() =>
        Read(new RangeQuery { Keys = KeyRange.FromWire(Bytes.Of("c"), new byte[1]) }).Show().ShouldBe("c=1 d=4");

    [Fact]
    public void A_scan_finds_one_record_after_another_of_a_revision_whatever_is_written_meanwhile()
    {
        StoreVersion version = _store.Current;
        List<string> found = [];
        foreach (KeyValueRecord record in version.Scan(Bytes.Range("a", "d"), 0))
        {
            found.Add(Bytes.Text(record.Key));
            _store.Put("d", "9");
            _store.Put("a", "later");
        }

        found.ShouldBe(["a", "b", "c"]);
        version.Scan(KeyRange.From(default), 3).Select(record => Bytes.Text(record.Key)).ShouldBe(["b", "c"]);
        version.Scan(KeyRange.ForKey(Bytes.Of("c")), 0).Count().ShouldBe(1);
        Should.Throw<FutureRevisionException>(() => version.Scan(KeyRange.From(default), 99));
    }

    [Theory]
    [InlineData("b", "b")]
    [InlineData("d", "a")]
    public void A_range_that_ends_where_it_starts_or_before_is_empty(string start, string end)
    {
        RangeResult result = Read(new RangeQuery { Keys = Bytes.Range(start, end) });
        result.Records.ShouldBeEmpty();
        result.Count.ShouldBe(0);
    }

    [Fact]
    public void A_limit_cuts_and_says_that_there_is_more_and_how_many()
    {
        RangeResult result = Read(new RangeQuery { Keys = Bytes.All, Limit = 3 });
        result.Show().ShouldBe("a=2 b=0 c=1");
        result.More.ShouldBeTrue();
        result.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(-1)]
    public void A_limit_that_cuts_nothing_leaves_no_more(long limit)
    {
        RangeResult result = Read(new RangeQuery { Keys = Bytes.All, Limit = limit });
        result.Records.Count.ShouldBe(4);
        result.More.ShouldBeFalse();
    }

    [Theory]
    [InlineData(SortTarget.Key, SortOrder.None, "a b c d")]
    [InlineData(SortTarget.Key, SortOrder.Ascend, "a b c d")]
    [InlineData(SortTarget.Key, SortOrder.Descend, "d c b a")]
    [InlineData(SortTarget.Version, SortOrder.Ascend, "a c d b")]
    [InlineData(SortTarget.Version, SortOrder.Descend, "b a c d")]
    [InlineData(SortTarget.Create, SortOrder.Ascend, "b c a d")]
    [InlineData(SortTarget.Create, SortOrder.Descend, "d a c b")]
    [InlineData(SortTarget.Mod, SortOrder.None, "c a d b")]
    [InlineData(SortTarget.Mod, SortOrder.Descend, "b d a c")]
    [InlineData(SortTarget.Value, SortOrder.Ascend, "b c a d")]
    [InlineData(SortTarget.Value, SortOrder.Descend, "d a c b")]
    public void Every_target_sorts_in_both_orders(SortTarget target, SortOrder order, string expected)
    {
        RangeResult result = Read(new RangeQuery { Keys = Bytes.All, SortTarget = target, SortOrder = order });
        string.Join(' ', result.Records.Select(record => Bytes.Text(record.Key))).ShouldBe(expected);
    }

    [Fact]
    public void Records_are_sorted_before_the_limit_cuts()
    {
        RangeResult result = Read(new RangeQuery
        {
            Keys = Bytes.All, Limit = 1, SortTarget = SortTarget.Mod, SortOrder = SortOrder.Descend,
        });
        result.Show().ShouldBe("b=0");
        result.More.ShouldBeTrue();
    }

    [Fact]
    public void Filters_drop_records_but_not_from_the_count()
    {
        RangeResult result = Read(new RangeQuery { Keys = Bytes.All, MinModRevision = 4, MaxModRevision = 5 });
        result.Show().ShouldBe("a=2 d=4");
        result.Count.ShouldBe(4);
        result.More.ShouldBeFalse();
        Read(new RangeQuery { Keys = Bytes.All, MinCreateRevision = 3, MaxCreateRevision = 4 }).Show().ShouldBe("a=2 c=1");
    }

    [Fact]
    public void A_limit_applies_to_what_the_filters_leave()
    {
        RangeResult result = Read(new RangeQuery { Keys = Bytes.All, MinModRevision = 4, Limit = 2 });
        result.Show().ShouldBe("a=2 b=0");
        result.More.ShouldBeTrue();
        Read(new RangeQuery { Keys = Bytes.All, MinModRevision = 4, Limit = 3 }).More.ShouldBeFalse();
    }

    [Fact]
    public void Counting_returns_no_records()
    {
        RangeResult result = Read(new RangeQuery { Keys = Bytes.Range("a", "d"), CountOnly = true, Limit = 1 });
        result.Records.ShouldBeEmpty();
        result.Count.ShouldBe(3);
        result.More.ShouldBeFalse();
        Read(new RangeQuery { Keys = Bytes.All, CountOnly = true, Revision = 3 }).Count.ShouldBe(2);
    }

    [Fact]
    public void Values_are_left_out_where_only_keys_are_asked_for() =>
        Read(new RangeQuery { Keys = Bytes.All, KeysOnly = true }).Show().ShouldBe("a= b= c= d=");

    [Fact]
    public void An_older_revision_shows_the_keys_as_they_were()
    {
        Read(new RangeQuery { Keys = Bytes.All, Revision = 3 }).Show().ShouldBe("b=3 c=1");
        Read(new RangeQuery { Keys = Bytes.All, Revision = 3, Limit = 1 }).More.ShouldBeTrue();
        Read(new RangeQuery { Keys = Bytes.All, Revision = 1 }).Count.ShouldBe(0);
    }

    private RangeResult Read(RangeQuery query) => _store.Current.Range(query);
}
