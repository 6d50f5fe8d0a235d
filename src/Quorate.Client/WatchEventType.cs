namespace Quorate.Client;

/// <summary>What happened to a key.</summary>
public enum WatchEventType
{
    /// <summary>It was written.</summary>
    Put,

    /// <summary>It was deleted, by a client or with its lease.</summary>
    Delete,
}
