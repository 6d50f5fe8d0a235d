namespace Quorate.Io;

/// <summary>The clock that a replica may read: monotonic, and virtual in the simulated world.</summary>
public interface IClock
{
    /// <summary>Time since an arbitrary start. Never goes back.</summary>
    TimeSpan Now { get; }
}
