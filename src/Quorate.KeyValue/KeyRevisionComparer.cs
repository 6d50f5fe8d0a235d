namespace Quorate.KeyValue;

/// <summary>The order that a range asks for; ties are ascending by key.</summary>
internal sealed class KeyRevisionComparer(SortTarget target, bool descending) : IComparer<KeyRevision>
{
    /// <inheritdoc/>
    public int Compare(KeyRevision x, KeyRevision y)
    {
        int order = CompareTarget(x, y);
        if (order == 0)
        {
            return x.Key.SequenceCompareTo(y.Key);
        }

        return descending ? -Math.Sign(order) : order;
    }

    private int CompareTarget(KeyRevision x, KeyRevision y) => target switch
    {
        SortTarget.Version => x.Version.CompareTo(y.Version),
        SortTarget.Create => x.CreateRevision.CompareTo(y.CreateRevision),
        SortTarget.Mod => x.ModRevision.CompareTo(y.ModRevision),
        SortTarget.Value => x.Value.SequenceCompareTo(y.Value),
        _ => x.Key.SequenceCompareTo(y.Key),
    };
}
