namespace Quorate.Simulation;

/// <summary>What happens at a point of virtual time.</summary>
public enum EventKind
{
    /// <summary>A tick of a member's clock.</summary>
    Tick,

    /// <summary>A frame reaches a member.</summary>
    Frame,

    /// <summary>A member does a step of work beside its loop.</summary>
    WorkStep,

    /// <summary>A member's loop hears that a piece of work is done.</summary>
    WorkCompleted,

    /// <summary>A member's loop carries out what events led to.</summary>
    Pump,

    /// <summary>A client's request reaches a member.</summary>
    Request,

    /// <summary>Something the test has planned.</summary>
    Planned,

    /// <summary>A member hears that the connection of another has ended.</summary>
    ConnectionLost,
}
