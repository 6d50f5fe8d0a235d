namespace Quorate.KeyValue;

/// <summary>A key with two versions or more.</summary>
/// <remarks>
/// Histories that grew from each other share an array: the newer one wrote its version into the first free place,
/// beyond what the older one reads. Only the newest history of a key grows, so a place is written again only where
/// the transaction that wrote it was rolled back and nobody else ever saw it.
/// </remarks>
internal sealed class KeyHistory : KeyEntry
{
    private const int GrowthFactor = 2;

    private readonly KeyRevision[] _revisions;
    private readonly int _count;

    private KeyHistory(KeyRevision[] revisions, int count)
    {
        _revisions = revisions;
        _count = count;
    }

    public KeyRevision Last => _revisions[_count - 1];

    public override int Count => _count;

    public override KeyRevision this[int index] => _revisions[index];

    public static KeyHistory Of(KeyRevision older, KeyRevision newer) => new([older, newer], 2);

    /// <summary>A history over an array that is the caller's to give away.</summary>
    public static KeyHistory Adopt(KeyRevision[] revisions) => new(revisions, revisions.Length);

    public override KeyEntry With(KeyRevision newer)
    {
        KeyRevision[] revisions = _revisions;
        if (_count == revisions.Length)
        {
            revisions = new KeyRevision[_count * GrowthFactor];
            _revisions.CopyTo(revisions, 0);
        }

        revisions[_count] = newer;
        return new KeyHistory(revisions, _count + 1);
    }

    public override int FirstAtOrAfter(long revision)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_revisions[middle].ModRevision < revision)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The versions from an index on, in an array of their own, so that the dropped ones can be freed.</summary>
    public KeyHistory From(int first)
    {
        KeyRevision[] kept = _revisions[first.._count];
        return new KeyHistory(kept, kept.Length);
    }
}
