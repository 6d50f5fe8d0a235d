namespace Quorate.Client;

/// <summary>
/// Where a stream that has ended goes on: at the next endpoint at once, and after every endpoint has been tried in vain
/// only after a pause, which grows.
/// </summary>
internal sealed class EndpointRounds(EndpointBalancer balancer, QuorateClientOptions options)
{
    private TimeSpan pause = options.RetryPause;
    private int failures;

    /// <summary>Turns away from an endpoint, unless someone else has done so, and waits if it is time to.</summary>
    /// <param name="failed">The endpoint.</param>
    /// <param name="lasted">How long the stream has worked; one that worked for long says nothing of the others.</param>
    /// <param name="cancellationToken">Ends the pause.</param>
    public async Task MoveOnAsync(int failed, TimeSpan lasted, CancellationToken cancellationToken)
    {
        if (lasted >= options.RetryPauseMax)
        {
            failures = 0;
            pause = options.RetryPause;
        }

        balancer.Heard(failed, hasAnswered: false);
        balancer.MoveOnFrom(failed);
        if (failures++ % balancer.Count == balancer.Count - 1)
        {
            await Task.Delay(pause, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < options.RetryPauseMax ? pause * 2 : options.RetryPauseMax;
        }
    }
}
