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
    /// what its connection may buffer, and the state that the parts are made of for as long as <paramref name="stallMax"/>.
    /// </summary>
    /// <param name="writer">Where the parts go.</param>
    /// <param name="stallMax">How long one part may wait for the client.</param>
    /// <exception cref="RpcException">The request has failed, or the client does not read, with etcd's code and text.</exception>
    public async Task SendAsync(IServerStreamWriter<TPart> writer, TimeSpan stallMax)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        foreach (TPart part in await _started.Task)
        {
            stalled.CancelAfter(stallMax);
            try
            {
                await writer.WriteAsync(part, stalled.Token);
            }
            catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
            {
                throw Error(EtcdError.StreamNotRead);
            }

            // To make the next one may take its time.
            stalled.CancelAfter(System.Threading.Timeout.InfiniteTimeSpan);
        }
    }

    protected override void Started(IEnumerable<TPart> parts) => _started.TrySetResult(parts);

    protected override void Failed(EtcdError error) => _started.TrySetException(Error(error));

    private static RpcException Error(EtcdError error) => new(new Status((StatusCode)(int)error.Code, error.Text));
}
