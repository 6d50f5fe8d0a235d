using Google.Protobuf;
using Quorate.Client.Queueing;
using Quorate.Etcd.Protocol;

namespace Quorate.Client;

/// <summary>An election that is won. Disposing it resigns. What is said of <see cref="LockHandle"/> holds here too.</summary>
public sealed class LeadershipHandle : IAsyncDisposable
{
    private readonly QuorateClient _client;
    private readonly QueuePlace _place;

    internal LeadershipHandle(QuorateClient client, string name, QueuePlace place)
    {
        _client = client;
        _place = place;
        Name = name;
    }

    /// <summary>The name of the election.</summary>
    public string Name { get; }

    /// <summary>The candidate's key: the name, a slash, the lease's id in hexadecimal. Its value is what was proclaimed.</summary>
    public ByteString Key => _place.Key;

    /// <summary>A number that grows with every leader: the revision that created <see cref="Key"/>.</summary>
    public long FencingToken => _place.CreateRevision;

    /// <summary>The lease that it rests on.</summary>
    public LeaseHandle Lease => _place.Lease;

    /// <summary>Fires when leadership is lost or given up.</summary>
    public CancellationToken Lost => _place.Lost;

    /// <summary>For a transaction: this candidate leads when it is carried out.</summary>
    public Compare IsLeader => _place.IsThere;

    /// <summary>Tells those who observe a new value.</summary>
    /// <exception cref="LeaseLostException">It leads no more.</exception>
    public async Task ProclaimAsync(string value, CancellationToken cancellationToken = default)
    {
        var proclaim = new TxnRequest
        {
            Compare = { IsLeader },
            Success = { new RequestOp { RequestPut = new PutRequest { Key = Key, Value = ByteString.CopyFromUtf8(value), Lease = Lease.Id } } },
        };
        TxnResponse response = await _client.TxnAsync(proclaim, cancellationToken).ConfigureAwait(false);
        if (!response.Succeeded)
        {
            throw new LeaseLostException(Lease.Id, _client.CurrentEndpoint);
        }
    }

    /// <summary>Resigns.</summary>
    public ValueTask DisposeAsync() => _place.DisposeAsync();
}
