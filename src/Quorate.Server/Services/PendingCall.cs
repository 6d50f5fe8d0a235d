using Quorate.Etcd;
using Quorate.Etcd.Protocol;
using Quorate.Grpc;

namespace Quorate.Server.Services;

/// <summary>An etcd request that a gRPC call awaits.</summary>
internal sealed class PendingCall<TResponse> : EtcdCall<TResponse>, IThreadPoolWorkItem
    where TResponse : class, IEtcdResponse
{
    private readonly TaskCompletionSource<TResponse> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan? _timeout;
    private IPreparedRead? _read;

    public PendingCall(ServerCallContext context)
    {
        _timeout = PendingCallTimeout.Of(context);
    }

    /// <summary>A request that the server makes itself, and that takes as long as one may.</summary>
    public PendingCall()
    {
    }

    /// <summary>The answer, or an <see cref="RpcException"/> with etcd's code and text.</summary>
    public Task<TResponse> Response => _completion.Task;

    public override TimeSpan? Timeout => _timeout;

    /// <summary>A read that is ready runs on the thread pool: it would hold up the replica's loop.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            _read!.Run();
        }
        catch (Exception e)
        {
            // A fault in the read. Thrown here it would end the process; so it ends the call, whose layer logs it.
            _completion.TrySetException(e);
        }
    }

    protected override void Succeeded(TResponse response) => _completion.TrySetResult(response);

    protected override void Failed(EtcdError error) =>
        _completion.TrySetException(new RpcException(new Status((StatusCode)(int)error.Code, error.Text)));

    protected override void Ready(IPreparedRead read) => Hand(read);

    /// <summary>Gives a read to the thread pool.</summary>
    internal void Hand(IPreparedRead read)
    {
        _read = read;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
