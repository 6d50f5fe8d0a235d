namespace Quorate.Runtime;

/// <summary>
/// How much may wait in front of a replica's loop. Frames and requests have limits of their own, so that a flood of
/// clients cannot keep the leader's heartbeats out.
/// </summary>
public sealed record InboxLimits
{
    /// <summary>Most proposals and reads that wait; beyond it they are answered as overloaded, at once.</summary>
    public int RequestsMax { get; init; } = 16_384;

    /// <summary>Most bytes of commands that wait; beyond it proposals are answered as overloaded, at once.</summary>
    public long RequestBytesMax { get; init; } = 64 << 20;

    /// <summary>Most frames from peers that wait; beyond it their connections are read no further.</summary>
    public int FramesMax { get; init; } = 4_096;

    /// <summary>Most bytes of frames that wait; beyond it their connections are read no further.</summary>
    public long FrameBytesMax { get; init; } = 64 << 20;

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="ArgumentException">Says which setting, why, and what would work.</exception>
    public void Validate()
    {
        if (Math.Min(Math.Min(RequestsMax, RequestBytesMax), Math.Min(FramesMax, FrameBytesMax)) < 1)
        {
            throw new ArgumentException("every limit of the inbox must be at least 1");
        }
    }
}
