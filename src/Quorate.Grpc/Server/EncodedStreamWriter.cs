namespace Quorate.Grpc.Server;

/// <summary>The responses of a call, encoded by its handler.</summary>
internal sealed class EncodedStreamWriter(HttpServerCallContext call) : IEncodedStreamWriter
{
    public long PendingBytes { get; private set; }

    public void Write(IEncodedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        call.WriteMessage(message);
        PendingBytes += message.SizeBytes;
    }

    public Task FlushAsync(CancellationToken cancellationToken)
    {
        PendingBytes = 0;
        return call.FlushAsync(cancellationToken);
    }
}
