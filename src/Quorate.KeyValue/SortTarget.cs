namespace Quorate.KeyValue;

/// <summary>What a range is ordered by. The values are etcd's.</summary>
public enum SortTarget
{
    /// <summary>The key's bytes.</summary>
    Key = 0,

    /// <summary>The version.</summary>
    Version = 1,

    /// <summary>The revision of creation.</summary>
    Create = 2,

    /// <summary>The revision of the last write.</summary>
    Mod = 3,

    /// <summary>The value's bytes.</summary>
    Value = 4,
}
