namespace Quorate.Simulation;

/// <summary>Looks at the world between two events.</summary>
public interface IWorldObserver
{
    /// <summary>An event has happened. An exception ends the run.</summary>
    /// <param name="member">To whom it happened; null for one that concerns the world.</param>
    void AfterEvent(SimulatedMember? member);
}
