namespace Quorate.Raft.Tests.Harness;

/// <summary>What the network does to messages by itself; all zero is a perfect one.</summary>
/// <param name="DropPercent">Chance that a message is lost.</param>
/// <param name="DuplicatePercent">Chance that it arrives twice.</param>
/// <param name="DelayTicksMax">Each arrives after a random number of ticks up to this, so that messages overtake each other.</param>
/// <param name="LongDelayPercent">Chance of <paramref name="LongDelayTicks"/> on top.</param>
/// <param name="LongDelayTicks">How late the late ones are.</param>
public readonly record struct NetworkWeather(
    int DropPercent, int DuplicatePercent, int DelayTicksMax, int LongDelayPercent = 0, int LongDelayTicks = 0)
{
    /// <summary>Nothing is lost, doubled or late.</summary>
    public static readonly NetworkWeather Calm;
}
