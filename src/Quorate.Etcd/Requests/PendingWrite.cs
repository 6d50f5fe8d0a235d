using Quorate.Etcd.Protocol;
using Quorate.Replica;

namespace Quorate.Etcd.Requests;

/// <summary>A write on its way through the log.</summary>
internal sealed class PendingWrite<TResponse> : Proposal
    where TResponse : class, IEtcdResponse
{
    private readonly RequestPath _path;
    private readonly EtcdCall<TResponse> _call;
    private readonly long _termAtStart;

    public PendingWrite(RequestPath path, Memory<byte> buffer, TimeSpan timeout, EtcdCall<TResponse> call)
        : base(buffer, timeout)
    {
        _path = path;
        _call = call;
        _termAtStart = path.Replica.Status.Term;
    }

    protected override void Completed(in ProposalOutcome outcome)
    {
        if (outcome.Status == ProposalStatus.Applied && outcome.Result is TResponse response)
        {
            _path.Answer(_call, response);
        }
        else
        {
            _call.Failed(outcome.Status == ProposalStatus.Applied && outcome.Result is EtcdError refused
                ? refused
                : Explain(outcome.Status));
        }
    }

    /// <summary>
    /// Only what certainly never takes effect gets an error that says so; of everything else, and of any status added
    /// later, the client learns that the outcome is unknown (spec W2).
    /// </summary>
    private EtcdError Explain(ProposalStatus status) => status switch
    {
        ProposalStatus.NoLeader => EtcdError.NoLeader,
        ProposalStatus.NotLeader => EtcdError.NotLeader,
        ProposalStatus.Overloaded => EtcdError.TooManyRequests,
        ProposalStatus.Transferring or ProposalStatus.Superseded => EtcdError.LeaderChanged,
        ProposalStatus.TooLarge => EtcdError.RequestTooLarge,
        ProposalStatus.Stopping => EtcdError.Stopped,
        _ => LeaderWasLost() ? EtcdError.TimeoutDueToLeaderFailure : EtcdError.Timeout,
    };

    private bool LeaderWasLost()
    {
        ReplicaStatus status = _path.Replica.Status;
        return status.LeaderId.IsNone || status.Term != _termAtStart;
    }
}
