using System.Globalization;
using Quorate.Simulation.Runs;

namespace Quorate.Simulation.Testing;

/// <summary>How a <see cref="StateMachineTest{TMachine}"/> went.</summary>
/// <param name="Seeds">Seeds run.</param>
/// <param name="VirtualTime">Virtual time of all of them.</param>
/// <param name="CommandsAnswered">Commands that clients were told were applied.</param>
/// <param name="Coverage">Interesting states that they came by: a test that never sees a snapshot transferred does not test it.</param>
/// <param name="Failure">The run that failed; null when everything held.</param>
public sealed record StateMachineTestResult(
    int Seeds, TimeSpan VirtualTime, long CommandsAnswered, SimulationCoverage Coverage, StateMachineFailure? Failure)
{
    /// <summary>For a test: throws if anything did not hold, and says what and how to see it again.</summary>
    /// <exception cref="StateMachineTestException">Something did not hold.</exception>
    public StateMachineTestResult ThrowIfFailed() => Failure is null ? this : throw new StateMachineTestException(Failure);

    /// <summary>In a few words; of a failure, all that is known.</summary>
    public override string ToString() => Failure?.ToString() ?? string.Create(
        CultureInfo.InvariantCulture,
        $"everything held: {Seeds} seeds, {VirtualTime.TotalMinutes:0} virtual minutes, {CommandsAnswered} commands answered, {Coverage.Elections} elections, "
        + $"{Coverage.Starts} starts, {Coverage.SnapshotsTaken} snapshots taken and {Coverage.SnapshotsInstalled} transferred");
}
