namespace Quorate.Raft;

/// <summary>How a leader sends to one follower.</summary>
public enum ProgressMode
{
    /// <summary>Looks for where the logs meet: one message at a time.</summary>
    Probe,

    /// <summary>Sends ahead of the answers, within the limits in flight (spec L5).</summary>
    Replicate,

    /// <summary>The log no longer reaches back far enough: sends a snapshot (paper §7).</summary>
    Snapshot,
}
