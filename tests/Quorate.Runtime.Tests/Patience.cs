namespace Quorate.Runtime.Tests;

/// <summary>
/// Waiting for what another thread will bring about. The limit only keeps a broken run from hanging: nothing here
/// measures time.
/// </summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<T> ForAsync<T>(Task<T> task) => await task.WaitAsync(Limit);

    public static async Task ForAsync(Task task) => await task.WaitAsync(Limit);

    /// <summary>Waits until a condition holds that no event announces.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            limit.IsCancellationRequested.ShouldBeFalse($"waited in vain until {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        }
    }
}
