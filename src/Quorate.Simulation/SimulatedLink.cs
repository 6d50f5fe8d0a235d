namespace Quorate.Simulation;

/// <summary>One direction between two members.</summary>
internal sealed class SimulatedLink(ulong from, ulong to)
{
    public ulong From => from;

    public ulong To => to;

    public bool IsCut { get; set; }

    /// <summary>Grows when the connection breaks: what was sent before does not arrive.</summary>
    public int Epoch { get; set; }

    public TimeSpan Slowness { get; set; }

    public int FramesOnTheWay { get; set; }

    /// <summary>Free to carry others.</summary>
    public Stack<SimulatedFrame> ArrivedFrames { get; } = new();
}
