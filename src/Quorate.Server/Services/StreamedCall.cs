using Quorate.Etcd;
using Quorate.Grpc;

namespace Quorate.Server.Services;

/// <summary>An etcd request whose answer comes in parts that a gRPC call sends.</summary>
internal sealed class StreamedCall<TPart>(ServerCallContext context) : EtcdStreamCall<TPart>
{
    private readonly TaskCompletionSource<IEnumerable<TPart>> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override TimeSpan? Timeout => PendingCallTimeout.Of(context);

    /// <summary>
    /// Sends the parts, each made when the client has taken what was sent before it: a client that does not read costs
    /// what its connection may buffer.
    /// </summary>
    /// <exception cref="RpcException">The request has failed, with etcd's code and text.</exception>
    public async Task SendAsync(IServerStreamWriter<TPart> writer)
    {
        foreach (TPart part in await _started.Task)
        {
            await writer.WriteAsync(part, context.CancellationToken);
        }
    }

    protected override void Started(IEnumerable<TPart> parts) => _started.TrySetResult(parts);

    protected override void Failed(EtcdError error) =>
        _started.TrySetException(new RpcException(new Status((StatusCode)(int)error.Code, error.Text)));
}
