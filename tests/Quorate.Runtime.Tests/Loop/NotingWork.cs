using Quorate.Io;

namespace Quorate.Runtime.Tests.Loop;

/// <summary>Work of one step that writes down which threads it has seen.</summary>
internal sealed class NotingWork : IWork
{
    public ManualResetEventSlim? MayEnd { get; init; }

    public Exception? Throws { get; init; }

    public ManualResetEventSlim HasBegun { get; } = new();

    public int SteppedOn { get; private set; }

    public Exception? Error { get; private set; }

    public TaskCompletionSource<int> CompletedOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool Step()
    {
        SteppedOn = Environment.CurrentManagedThreadId;
        HasBegun.Set();
        return Throws is null ? MayEnd?.Wait(Patience.Limit) ?? true : throw Throws;
    }

    public void Completed(Exception? error)
    {
        Error = error;
        CompletedOn.SetResult(Environment.CurrentManagedThreadId);
    }
}
