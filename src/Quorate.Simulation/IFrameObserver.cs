using Quorate.Replica.Wire;

namespace Quorate.Simulation;

/// <summary>Looks at what leaves a member: elections and handovers, not the many frames that carry entries.</summary>
public interface IFrameObserver
{
    /// <summary>A frame has left. An exception ends the run.</summary>
    /// <param name="sender">Whose it is.</param>
    /// <param name="frame">What it says.</param>
    void FrameSent(SimulatedMember sender, in FrameSummary frame);
}
