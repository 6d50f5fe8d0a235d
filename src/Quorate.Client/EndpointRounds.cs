namespace Quorate.Client;

/// <summary>
/// Where a stream that has ended goes on: at the next endpoint at once, and after every endpoint has been tried in vain
/// only after a pause, which grows.
/// </summary>
internal sealed class EndpointRounds(EndpointBalancer balancer, QuorateClientOptions options)
{
    private TimeSpan _pause = options.RetryPause;
    private int _failures;

    /// <summary>Turns away from an endpoint, unless someone else has done so, and waits if it is time to.</summary>
    /// <param name="failed">The endpoint.</param>
    /// <param name="lasted">How long the stream has worked; one that worked for long says nothing of the others.</param>
    /// <param name="cancellationToken">Ends the pause.</param>
    public async Task MoveOnAsync(int failed, TimeSpan lasted, CancellationToken cancellationToken)
    {
        if (lasted >= options.RetryPauseMax)
        {
            _failures = 0;
            _pause = options.RetryPause;
        }

        balancer.Heard(failed, hasAnswered: false);
        balancer.MoveOnFrom(failed);
        if (_failures++ % balancer.Count == balancer.Count - 1)
        {
            await Task.Delay(_pause, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            _pause = _pause * 2 < options.RetryPauseMax ? _pause * 2 : options.RetryPauseMax;
        }
    }
}
