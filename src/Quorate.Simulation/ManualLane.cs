using Quorate.Io;
using Quorate.Simulation.Disk;

namespace Quorate.Simulation;

/// <summary>A lane that works only when told to, so that a test or the simulated world decides what happens between two steps.</summary>
public sealed class ManualLane : IWorkLane
{
    private readonly Queue<IWork> _queue = new();

    /// <summary>Works that are queued or under way.</summary>
    public int Count => _queue.Count;

    /// <inheritdoc/>
    public void Submit(IWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        _queue.Enqueue(work);
    }

    /// <summary>
    /// Runs one step of the oldest work and, after its last, its completion. Returns false when there was nothing to do.
    /// A <see cref="SimulatedCrashException"/> is passed on: nobody is left to be told.
    /// </summary>
    public bool RunStep()
    {
        if (!_queue.TryPeek(out IWork? work))
        {
            return false;
        }

        Exception? error = null;
        bool done;
        try
        {
            done = work.Step();
        }
#pragma warning disable CA1031 // Whatever a step throws is handed to its completion: IWork says so.
        catch (Exception exception) when (exception is not SimulatedCrashException)
#pragma warning restore CA1031
        {
            error = exception;
            done = true;
        }

        if (done)
        {
            _queue.Dequeue();
            work.Completed(error);
        }

        return true;
    }

    /// <summary>Runs everything, also what completions submit, and returns the number of steps.</summary>
    public int RunAll()
    {
        int steps = 0;
        while (RunStep())
        {
            steps++;
        }

        return steps;
    }

    /// <summary>Forgets everything: the process has ended.</summary>
    public void Clear() => _queue.Clear();
}
