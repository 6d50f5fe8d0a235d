namespace Quorate.Server.Watches;

/// <summary>Something that one waits for and others may say, any number of times.</summary>
internal sealed class StreamSignal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiter;
    private volatile bool _isSet;

    /// <summary>Does not run what waits.</summary>
    public void Set()
    {
        if (_isSet)
        {
            return;
        }

        TaskCompletionSource? waiter;
        lock (_lock)
        {
            waiter = _waiter;
            _waiter = null;
            _isSet = waiter is null;
        }

        waiter?.SetResult();
    }

    /// <summary>Waits until it has been said since the last wait. One waiter at a time.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isSet)
            {
                _isSet = false;
                return Task.CompletedTask;
            }

            _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task.WaitAsync(cancellationToken);
        }
    }
}
