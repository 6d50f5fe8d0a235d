using Google.Protobuf;
using Quorate.Client.Queueing;

namespace Quorate.Client;

/// <summary>
/// Locks that all clients of a cluster share, by etcd's recipe: <c>etcdctl lock</c> and the <c>v3lock</c> service queue up with them.
/// </summary>
public static class LockExtensions
{
    /// <summary>Waits until it has the lock; those who wait get it in the order in which they came.</summary>
    /// <param name="client">The client.</param>
    /// <param name="name">The name of the lock.</param>
    /// <param name="options">On what lease it rests.</param>
    /// <param name="cancellationToken">Gives it up, and the place in the queue.</param>
    /// <exception cref="LeaseLostException">The lease has ended while it waited.</exception>
    public static async Task<LockHandle> LockAsync(
        this QuorateClient client, string name, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        QueuePlace place = await QueuePlace.JoinAsync(client, name, ByteString.Empty, options ?? new LockOptions(), cancellationToken).ConfigureAwait(false);
        try
        {
            await place.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
            return new LockHandle(name, place);
        }
        catch
        {
            await place.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes the lock if nobody has it or waits for it; else null.</summary>
    /// <param name="client">The client.</param>
    /// <param name="name">The name of the lock.</param>
    /// <param name="options">On what lease it rests.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public static async Task<LockHandle?> TryLockAsync(
        this QuorateClient client, string name, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        QueuePlace place = await QueuePlace.JoinAsync(client, name, ByteString.Empty, options ?? new LockOptions(), cancellationToken).ConfigureAwait(false);
        bool isHeld = false;
        try
        {
            isHeld = await place.IsFirstAsync(cancellationToken).ConfigureAwait(false);
            return isHeld ? new LockHandle(name, place) : null;
        }
        finally
        {
            if (!isHeld)
            {
                await place.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
