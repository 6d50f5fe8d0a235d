namespace Quorate.KeyValue;

/// <summary>A range read with every option of etcd's.</summary>
public sealed record RangeQuery
{
    /// <summary>Which keys.</summary>
    public required KeyRange Keys { get; init; }

    /// <summary>At which revision; zero for the present.</summary>
    public long Revision { get; init; }

    /// <summary>Most records returned; zero for all. What is beyond shows in <see cref="RangeResult.More"/>.</summary>
    public long Limit { get; init; }

    /// <summary>What the records are ordered by.</summary>
    public SortTarget SortTarget { get; init; }

    /// <summary>In which order; <see cref="SortOrder.None"/> leaves order of key unless another target asks for ascending.</summary>
    public SortOrder SortOrder { get; init; }

    /// <summary>Leave values empty.</summary>
    public bool KeysOnly { get; init; }

    /// <summary>Return no records, only their number.</summary>
    public bool CountOnly { get; init; }

    /// <summary>Drop records modified before this revision; zero for no bound.</summary>
    public long MinModRevision { get; init; }

    /// <summary>Drop records modified after this revision; zero for no bound.</summary>
    public long MaxModRevision { get; init; }

    /// <summary>Drop records created before this revision; zero for no bound.</summary>
    public long MinCreateRevision { get; init; }

    /// <summary>Drop records created after this revision; zero for no bound.</summary>
    public long MaxCreateRevision { get; init; }
}
