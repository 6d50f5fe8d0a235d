using Quorate.Replica;

namespace Quorate.Etcd.Requests;

/// <summary>Why a read could not be served, in etcd's words.</summary>
internal static class ReadFailure
{
    public static EtcdError Explain(ReadOutcome outcome) => outcome switch
    {
        ReadOutcome.NoLeader => EtcdError.NoLeader,
        ReadOutcome.Overloaded => EtcdError.TooManyRequests,
        ReadOutcome.Stopping => EtcdError.Stopped,
        _ => EtcdError.Timeout,
    };
}
