namespace Quorate.Replica;

/// <summary>How a <see cref="ReadRequest"/> ended. Asking again is always safe.</summary>
public enum ReadOutcome
{
    /// <summary>The state may be read.</summary>
    Ready,

    /// <summary>No leader is known, or it changed while the read waited.</summary>
    NoLeader,

    /// <summary>Too many reads wait.</summary>
    Overloaded,

    /// <summary>The state did not reach the needed index in time.</summary>
    TimedOut,

    /// <summary>The member is stopping.</summary>
    Stopping,
}
