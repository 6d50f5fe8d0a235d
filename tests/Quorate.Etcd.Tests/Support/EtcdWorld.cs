using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Tests.Support;

/// <summary>A member with nothing below it, and short ways to ask it.</summary>
internal sealed class EtcdWorld
{
    public EtcdWorld(EtcdOptions? options = null)
    {
        State = new EtcdStateMachine();
        Replica = new ScriptedReplica(State);
        Front = new EtcdFront(Replica, State, options ?? new EtcdOptions { ClusterId = 42 });
    }

    public EtcdStateMachine State { get; }

    public ScriptedReplica Replica { get; }

    public EtcdFront Front { get; }

    public long Revision => State.Current.Revision;

    public RecordingCall<PutResponse> Call(PutRequest request)
    {
        RecordingCall<PutResponse> call = new();
        Front.KeyValue.Put(request, call);
        return call;
    }

    public RecordingCall<RangeResponse> Call(RangeRequest request)
    {
        RecordingCall<RangeResponse> call = new();
        Front.KeyValue.Range(request, call);
        return call;
    }

    public RecordingCall<DeleteRangeResponse> Call(DeleteRangeRequest request)
    {
        RecordingCall<DeleteRangeResponse> call = new();
        Front.KeyValue.DeleteRange(request, call);
        return call;
    }

    public RecordingCall<TxnResponse> Call(TxnRequest request)
    {
        RecordingCall<TxnResponse> call = new();
        Front.KeyValue.Txn(request, call);
        return call;
    }

    public RecordingCall<CompactionResponse> Call(CompactionRequest request)
    {
        RecordingCall<CompactionResponse> call = new();
        Front.KeyValue.Compact(request, call);
        return call;
    }

    public RecordingCall<LeaseGrantResponse> Call(LeaseGrantRequest request)
    {
        RecordingCall<LeaseGrantResponse> call = new();
        Front.Lease.Grant(request, call);
        return call;
    }

    public RecordingCall<LeaseRevokeResponse> Call(LeaseRevokeRequest request)
    {
        RecordingCall<LeaseRevokeResponse> call = new();
        Front.Lease.Revoke(request, call);
        return call;
    }

    public RecordingCall<LeaseKeepAliveResponse> Call(LeaseKeepAliveRequest request)
    {
        RecordingCall<LeaseKeepAliveResponse> call = new();
        Front.Lease.KeepAlive(request, call);
        return call;
    }

    public RecordingCall<LeaseTimeToLiveResponse> Call(LeaseTimeToLiveRequest request)
    {
        RecordingCall<LeaseTimeToLiveResponse> call = new();
        Front.Lease.TimeToLive(request, call);
        return call;
    }

    public RecordingCall<LeaseLeasesResponse> Call(LeaseLeasesRequest request)
    {
        RecordingCall<LeaseLeasesResponse> call = new();
        Front.Lease.Leases(request, call);
        return call;
    }

    public PutResponse Do(PutRequest request) => Answer(Call(request));

    public RangeResponse Do(RangeRequest request) => Answer(Call(request));

    public DeleteRangeResponse Do(DeleteRangeRequest request) => Answer(Call(request));

    public TxnResponse Do(TxnRequest request) => Answer(Call(request));

    public CompactionResponse Do(CompactionRequest request) => Answer(Call(request));

    public PutResponse Put(string key, string value) => Do(Ask.Put(key, value));

    public Protocol.KeyValue? Get(string key) => Do(Ask.Get(key)).Kvs.SingleOrDefault();

    public string? ValueOf(string key) => Get(key)?.Value.ToStringUtf8();

    public byte[] SnapshotBytes() => SnapshotBytes(State);

    public static byte[] SnapshotBytes(EtcdStateMachine state)
    {
        using MemoryStream bytes = new();
        using var snapshot = state.TakeSnapshot();
        foreach (ReadOnlyMemory<byte> piece in snapshot.Write())
        {
            bytes.Write(piece.Span);
        }

        return bytes.ToArray();
    }

    public static TResponse Answer<TResponse>(RecordingCall<TResponse> call)
        where TResponse : class, IEtcdResponse
    {
        call.Error.ShouldBeNull();
        return call.Response.ShouldNotBeNull();
    }
}
