using Quorate.Simulation.Checking;
using Quorate.Simulation.Runs;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>A run that failed, and the smallest one that fails in the same way.</summary>
/// <param name="Found">The run that failed, with everything said that its seed draws.</param>
/// <param name="Violation">What did not hold.</param>
/// <param name="Smallest">The smallest that fails so.</param>
/// <param name="SmallestViolation">What did not hold in it.</param>
/// <param name="Attempts">How many were tried to find it.</param>
/// <param name="TraceFile">Everything that happened in it; null where it could not be written.</param>
internal sealed record FailureReport(
    SimulationCase Found, PropertyViolatedException Violation, SimulationCase Smallest, PropertyViolatedException SmallestViolation, int Attempts, string? TraceFile)
{
    /// <summary>What a person does about it.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"FAILED, seed {Found.Seed}: {Violation.Message}";
        yield return $"replay it:    {Found.Command}";
        if (Attempts > 0)
        {
            yield return $"the smallest: {Smallest.Command}";
            if (SmallestViolation.Message != Violation.Message)
            {
                yield return $"fails with:   {SmallestViolation.Message}";
            }
        }

        if (TraceFile is not null)
        {
            yield return $"its trace:    {TraceFile}";
        }
    }
}
