namespace Quorate.KeyValue;

/// <summary>What happened to a key. The values are etcd's.</summary>
public enum KeyValueEventKind
{
    /// <summary>It was written.</summary>
    Put = 0,

    /// <summary>It was deleted.</summary>
    Delete = 1,
}
