namespace Quorate.KeyValue;

/// <summary>The direction a range is ordered in. The values are etcd's.</summary>
public enum SortOrder
{
    /// <summary>As stored, which is by key.</summary>
    None = 0,

    /// <summary>Smallest first.</summary>
    Ascend = 1,

    /// <summary>Largest first.</summary>
    Descend = 2,
}
