namespace Quorate.Grpc;

/// <summary>
/// A call that ended with a status other than OK. A server's handler throws it to choose the status;
/// a client's call throws it to tell what came back.
/// </summary>
public sealed class RpcException : Exception
{
    /// <summary>Ends a call with <paramref name="status"/>.</summary>
    public RpcException(Status status)
        : this(status, Metadata.Empty, innerException: null)
    {
    }

    /// <summary>Ends a call with <paramref name="status"/> and <paramref name="trailers"/>.</summary>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, innerException: null)
    {
    }

    /// <summary>Ends a call with <paramref name="status"/>, keeping what led to it.</summary>
    public RpcException(Status status, Metadata trailers, Exception? innerException)
        : base(status.ToString(), innerException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>How the call ended.</summary>
    public Status Status { get; }

    /// <summary>The code of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>What travels beside the status.</summary>
    public Metadata Trailers { get; }

    /// <summary>
    /// On a client: the request certainly reached no handler (no connection came about, or the server
    /// refused the stream unread), so that sending it again cannot carry it out twice. False means
    /// "not known", never "it was carried out".
    /// </summary>
    public bool NeverProcessed { get; init; }
}
