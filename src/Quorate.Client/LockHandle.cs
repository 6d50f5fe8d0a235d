using Google.Protobuf;
using Quorate.Client.Queueing;
using Quorate.Etcd.Protocol;

namespace Quorate.Client;

/// <summary>
/// A lock that is held. Disposing it lets the next one have it.
/// <para>
/// No lock with a lease can keep its holder from being slow: while this process is suspended the lease may end, and another
/// holder begin. What must not be written by two at a time is to be written by a transaction that has <see cref="IsHeld"/>
/// among its compares; and what is not in this store is to refuse a <see cref="FencingToken"/> that is less than one that it
/// has seen.
/// </para>
/// </summary>
public sealed class LockHandle : IAsyncDisposable
{
    private readonly QueuePlace _place;

    internal LockHandle(string name, QueuePlace place)
    {
        _place = place;
        Name = name;
    }

    /// <summary>The name of the lock.</summary>
    public string Name { get; }

    /// <summary>The key that holds it: the name, a slash, the lease's id in hexadecimal.</summary>
    public ByteString Key => _place.Key;

    /// <summary>A number that grows with every holder of the lock: the revision that created <see cref="Key"/>.</summary>
    public long FencingToken => _place.CreateRevision;

    /// <summary>The lease that it rests on.</summary>
    public LeaseHandle Lease => _place.Lease;

    /// <summary>
    /// Fires when the lock is lost: its lease has ended or could not be kept alive, or its key was deleted. Also when it is
    /// disposed.
    /// </summary>
    public CancellationToken Lost => _place.Lost;

    /// <summary>For a transaction: the lock is held, by this holder, when it is carried out.</summary>
    public Compare IsHeld => _place.IsThere;

    /// <summary>Unlocks.</summary>
    public ValueTask DisposeAsync() => _place.DisposeAsync();
}
