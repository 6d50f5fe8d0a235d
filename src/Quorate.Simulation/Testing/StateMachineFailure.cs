using System.Globalization;
using Quorate.Simulation.Checking;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Testing;

/// <summary>A run of a <see cref="StateMachineTest{TMachine}"/> that failed, and the smallest one found that fails in the same way.</summary>
/// <param name="Violation">What did not hold.</param>
/// <param name="Found">In which run.</param>
/// <param name="SmallestViolation">What did not hold in the smallest.</param>
/// <param name="Smallest">The smallest.</param>
/// <param name="Attempts">Runs that were tried to find it.</param>
public sealed record StateMachineFailure(
    PropertyViolatedException Violation, SimulationCase Found, PropertyViolatedException SmallestViolation, SimulationCase Smallest, int Attempts)
{
    /// <summary>Name of the property that did not hold: one of docs/simulation.md, of <see cref="StateMachineProperty"/>, or of a check of yours.</summary>
    public string Property => Violation.Property;

    /// <summary>The code that runs the smallest again: a call on the same test.</summary>
    public string ReplayCode => $".Replay(\"{Smallest.Arguments}\")";

    /// <summary>What happened, and what to do about it.</summary>
    public override string ToString()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"seed {Found.Seed}: {Violation.Message}\nfound with:  .Replay(\"{Found.Arguments}\")");
        if (Attempts > 0 && Smallest.Arguments != Found.Arguments)
        {
            text += string.Create(CultureInfo.InvariantCulture, $"\nafter {Attempts} attempts to make it smaller: {SmallestViolation.Message}");
        }

        return text + $"\nreplay it:   {ReplayCode}";
    }
}
