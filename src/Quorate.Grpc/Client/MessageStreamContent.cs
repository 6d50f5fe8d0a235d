using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Quorate.Grpc.Protocol;

namespace Quorate.Grpc.Client;

/// <summary>
/// A request of many messages: HTTP hands over the stream it wants them in, and waits until the last one
/// has been written.
/// </summary>
internal sealed class MessageStreamContent : HttpContent
{
    private static readonly MediaTypeHeaderValue s_grpcContentType = new(GrpcHeaders.ContentType);
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MessageStreamContent() => Headers.ContentType = s_grpcContentType;

    /// <summary>Writes a message and sends it.</summary>
    public async Task WriteAsync(IMessage message, CancellationToken cancellationToken)
    {
        Stream stream = await _opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await SingleMessageContent.WriteFrameAsync(stream, message, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that no more messages follow.</summary>
    public void Complete() => _completed.TrySetResult();

    /// <summary>Says that the request could not be sent: who waits to write need wait no longer.</summary>
    public void Abandon(Exception cause)
    {
        if (_opened.TrySetException(cause))
        {
            // Seen, also where nobody writes.
            _ = _opened.Task.Exception;
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!_opened.TrySetResult(stream))
        {
            // Messages may be on their way in the first stream; a second one cannot begin in the middle.
            throw new IOException("A stream of requests cannot be sent twice.");
        }

        // The headers leave now: the server may have something to say before the first request.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        await _completed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
