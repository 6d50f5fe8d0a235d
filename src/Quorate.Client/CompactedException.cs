using Quorate.Grpc;

namespace Quorate.Client;

/// <summary>
/// The history that a watch needs is gone: events before <see cref="CompactRevision"/> cannot be told any more. Read the
/// present state, and watch from the revision after it.
/// </summary>
public sealed class CompactedException : QuorateException
{
    private const string Text = "etcdserver: mvcc: required revision has been compacted";

    internal CompactedException(long compactRevision, Uri endpoint)
        : base(new RpcException(new Status(StatusCode.OutOfRange, Text)), endpoint, outcomeUnknown: false)
    {
        CompactRevision = compactRevision;
    }

    /// <summary>The oldest revision whose events can still be had.</summary>
    public long CompactRevision { get; }
}
