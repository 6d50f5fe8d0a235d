using Quorate.Etcd.Protocol;

namespace Quorate.Client;

/// <summary>What happened to one key.</summary>
/// <param name="Type">What happened.</param>
/// <param name="KeyValue">The key as it is now; of a deletion, only the key and the revision.</param>
/// <param name="Previous">
/// What the key was before, where that was asked for (<see cref="WatchOptions.PreviousValues"/>) and there was something.
/// </param>
public readonly record struct WatchEvent(WatchEventType Type, KeyValue KeyValue, KeyValue? Previous)
{
    /// <summary>The key as text.</summary>
    public string Key => KeyValue.Key.ToStringUtf8();

    /// <summary>The value as text; empty for a deletion.</summary>
    public string Value => KeyValue.Value.ToStringUtf8();

    /// <summary>The revision at which it happened.</summary>
    public long Revision => KeyValue.ModRevision;
}
