using Quorate.Replica.Wire;

namespace Quorate.Simulation.Checking;

/// <summary>
/// The prior leader brings the target's log up to date before it tells it to stand (thesis §3.10, steps 2 and 3): a target
/// that lacks entries would lose the election that it is to win.
/// </summary>
public sealed class ReadyHandover(SimulatedWorld world) : IFrameObserver
{
    /// <summary>Name of the property.</summary>
    public const string Property = "ready handover";

    /// <inheritdoc/>
    public void FrameSent(SimulatedMember sender, in FrameSummary frame)
    {
        ArgumentNullException.ThrowIfNull(sender);
        if (frame.Kind != FrameKind.TimeoutNow
            || sender.Replica?.Algorithm is not { } leader
            || world.Member(frame.To) is not { IsSpoiled: false, Replica.Algorithm: { } target })
        {
            return;
        }

        // A target that has heard of a newer term since may have replaced what it had.
        if (target.CurrentTerm == frame.Term && target.LastLog.Index < leader.LastLog.Index)
        {
            throw new PropertyViolatedException(
                Property, $"member {frame.From} tells {frame.To} to stand in its place, whose log ends at {target.LastLog}, and its own at {leader.LastLog}");
        }
    }
}
