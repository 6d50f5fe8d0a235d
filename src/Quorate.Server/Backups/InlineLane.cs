using Quorate.Io;

namespace Quorate.Server.Backups;

/// <summary>Work that is run to its end when it is asked for: for a tool that has nothing else to do.</summary>
internal sealed class InlineLane : IWorkLane
{
    private readonly Queue<IWork> _queue = new();

    public void Submit(IWork work) => _queue.Enqueue(work);

    /// <summary>Runs all that waits, and what that leads to.</summary>
    public void Run()
    {
        while (_queue.TryDequeue(out IWork? work))
        {
            Exception? error = null;
            try
            {
                while (!work.Step())
                {
                    // One step after another.
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                error = e;
            }

            work.Completed(error);
        }
    }
}
