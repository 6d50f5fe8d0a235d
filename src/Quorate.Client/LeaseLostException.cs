using Quorate.Grpc;

namespace Quorate.Client;

/// <summary>A lease that something needed is gone, or must be taken for gone: it ended, was revoked, or could not be kept alive in time.</summary>
public sealed class LeaseLostException : QuorateException
{
    private const string Text = "etcdserver: requested lease not found";

    internal LeaseLostException(long leaseId, Uri endpoint)
        : base(new RpcException(new Status(StatusCode.NotFound, Text)), endpoint, outcomeUnknown: false) => LeaseId = leaseId;

    /// <summary>The lease.</summary>
    public long LeaseId { get; }
}
