using Quorate.Replica.Wire;

namespace Quorate.Simulation;

/// <summary>Looks at what leaves a replica, whether or not it arrives.</summary>
public interface IFrameObserver
{
    /// <summary>A frame has left. An exception ends the run.</summary>
    /// <param name="sender">Whose it is.</param>
    /// <param name="frame">What it says.</param>
    void FrameSent(SimulatedMember sender, in FrameSummary frame);
}
