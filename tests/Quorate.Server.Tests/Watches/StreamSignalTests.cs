using Quorate.Server.Watches;

namespace Quorate.Server.Tests.Watches;

public class StreamSignalTests
{
    private readonly StreamSignal _signal = new();

    [Fact]
    public async Task What_was_said_before_the_wait_ends_it_once()
    {
        _signal.Set();
        _signal.Set();
        await _signal.WaitAsync(CancellationToken.None);
        _signal.WaitAsync(CancellationToken.None).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_said_during_the_wait_ends_it()
    {
        Task waiting = _signal.WaitAsync(CancellationToken.None);
        waiting.IsCompleted.ShouldBeFalse();
        _signal.Set();
        await waiting;
        _signal.WaitAsync(CancellationToken.None).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_wait_that_is_given_up_takes_nothing_from_the_next()
    {
        using var giveUp = new CancellationTokenSource();
        Task waiting = _signal.WaitAsync(giveUp.Token);
        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        Task next = _signal.WaitAsync(CancellationToken.None);
        _signal.Set();
        await next;
    }
}
