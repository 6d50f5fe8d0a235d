namespace Quorate.Simulation.Disk;

/// <summary>
/// The machine has lost its power in the middle of a disk operation. It is no <see cref="IOException"/>: no code under
/// test may handle it, only whoever runs the simulated world.
/// </summary>
public sealed class SimulatedCrashException : Exception
{
    /// <summary>Says during which operation.</summary>
    public SimulatedCrashException(DiskOperation operation, string path)
        : base($"the simulated machine crashed during {operation} of '{path}'")
    {
    }
}
