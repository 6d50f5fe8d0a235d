using Quorate.Simulation.Runs;

namespace Quorate.Server.CommandLine.Simulation;

/// <summary>Makes a failing run small, and writes down everything that happens in it.</summary>
/// <param name="run">Carries out a run.</param>
/// <param name="attemptsMax">Most runs that it tries to make it small.</param>
internal sealed class FailureInvestigator(SimulationRunner run, int attemptsMax)
{
    /// <param name="found">The run that failed.</param>
    /// <param name="result">How it failed.</param>
    /// <param name="traceFile">Where to write the trace of the smallest.</param>
    /// <param name="attempted">Told of each attempt.</param>
    /// <param name="cancellationToken">Ends the search for a smaller one; the trace is written all the same.</param>
    /// <exception cref="IOException">The trace cannot be written.</exception>
    public FailureReport Investigate(
        SimulationCase found, SimulationResult result, string traceFile, Action<ShrinkAttempt> attempted, CancellationToken cancellationToken)
    {
        var shrinker = new Shrinker(found, result, smaller => run(smaller, null), attemptsMax);
        int attempts = 0;
        foreach (ShrinkAttempt attempt in shrinker.Attempts())
        {
            attempts = attempt.Number;
            attempted(attempt);
            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }
        }

        Write(traceFile, stream => run(shrinker.Smallest, stream));
        return new FailureReport(
            found.AsDrawn(result), result.Violation!, shrinker.Smallest, shrinker.Result.Violation!, attempts, traceFile);
    }

    /// <summary>Opens a file for a trace and lets somebody write it.</summary>
    public static T Write<T>(string file, Func<Stream, T> write)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        return write(stream);
    }
}
