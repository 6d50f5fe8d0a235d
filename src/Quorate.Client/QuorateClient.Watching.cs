using System.Runtime.CompilerServices;
using Quorate.Client.Watching;

namespace Quorate.Client;

public sealed partial class QuorateClient
{
    /// <summary>
    /// What happens to keys: every event once and in order. It goes on at another endpoint when a member fails, and ends
    /// only by an exception, or by its token or its enumerator being disposed, which cancels it at the server.
    /// </summary>
    /// <remarks>
    /// Without <see cref="WatchOptions.StartRevision"/> it sees what happens after it is in place, some time after the
    /// enumeration has begun. To miss nothing, read the present state first, and start at the revision after it.
    /// </remarks>
    /// <param name="range">The key or keys.</param>
    /// <param name="options">What to see of them.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="CompactedException">Events that come next have been compacted away.</exception>
    /// <exception cref="QuorateException">The server has refused the watch for good.</exception>
    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        KeyRange range, WatchOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (WatchBatch batch in WatchBatchesAsync(range, options, cancellationToken).ConfigureAwait(false))
        {
            foreach (WatchEvent happened in batch.Events)
            {
                yield return happened;
            }
        }
    }

    /// <summary>
    /// As <see cref="WatchAsync"/>, in batches that never split what one transaction did, each with the revision at which
    /// a later watch goes on. The first has no events: it says that the watch is in place.
    /// </summary>
    /// <param name="range">The key or keys.</param>
    /// <param name="options">What to see of them.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="CompactedException">Events that come next have been compacted away.</exception>
    /// <exception cref="QuorateException">The server has refused the watch for good.</exception>
    public async IAsyncEnumerable<WatchBatch> WatchBatchesAsync(
        KeyRange range, WatchOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(range);
        using WatchSubscription subscription = _watches.Subscribe(range, options ?? new WatchOptions());
        while (true)
        {
            yield return await subscription.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
