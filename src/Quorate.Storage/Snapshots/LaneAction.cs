using Quorate.Io;

namespace Quorate.Storage;

/// <summary>Work of a single step.</summary>
internal sealed class LaneAction(Action? step, Action<Exception?> completed) : IWork
{
    public bool Step()
    {
        step?.Invoke();
        return true;
    }

    public void Completed(Exception? error) => completed(error);
}
