using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>A read whose permission is awaited.</summary>
internal sealed class AwaitedRead : ReadRequest
{
    private readonly TaskCompletionSource<ReadOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AwaitedRead(ReadConsistency consistency, TimeSpan timeout)
        : base(consistency, timeout)
    {
    }

    public Task<ReadOutcome> Outcome => _outcome.Task;

    protected internal override void Completed(ReadOutcome outcome) => _outcome.TrySetResult(outcome);
}
