using Quorate.Grpc;

namespace Quorate.Client;

/// <summary>An operation that did not succeed.</summary>
public class QuorateException : Exception
{
    internal QuorateException(RpcException cause, Uri endpoint, bool outcomeUnknown)
        : base(Describe(cause, endpoint, outcomeUnknown), cause)
    {
        Status = cause.Status;
        Endpoint = endpoint;
        OutcomeUnknown = outcomeUnknown;
    }

    /// <summary>What the server, or the way to it, said last.</summary>
    public Status Status { get; }

    /// <summary>The endpoint that was asked last.</summary>
    public Uri Endpoint { get; }

    /// <summary>
    /// Whether a write may yet have taken effect, or may take effect later (spec W2). False means: it was
    /// certainly not carried out. A read never has it.
    /// </summary>
    public bool OutcomeUnknown { get; }

    private static string Describe(RpcException cause, Uri endpoint, bool outcomeUnknown)
    {
        string what = $"{cause.StatusCode} from {endpoint.Authority}: {cause.Status.Detail}";
        return outcomeUnknown ? $"{what} (whether the write took effect is not known)" : what;
    }
}
