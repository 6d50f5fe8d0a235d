namespace Quorate.Grpc;

/// <summary>The responses of a call whose handler encodes them itself. One caller at a time.</summary>
public interface IEncodedStreamWriter
{
    /// <summary>Bytes written since the last <see cref="FlushAsync"/>.</summary>
    long PendingBytes { get; }

    /// <summary>Writes a message into the transport's buffer; it leaves with the next flush.</summary>
    void Write(IEncodedMessage message);

    /// <summary>Sends what was written; done once the transport has taken it, so that a slow reader slows the writer.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
