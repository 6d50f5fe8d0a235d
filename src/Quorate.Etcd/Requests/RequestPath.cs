using Google.Protobuf;
using Quorate.Etcd.Commands;
using Quorate.Etcd.Protocol;
using Quorate.Replica;

namespace Quorate.Etcd.Requests;

/// <summary>The ways of a request through the replica, the same for all services.</summary>
internal sealed class RequestPath(IReplica replica, EtcdStateMachine state, EtcdOptions options)
{
    public IReplica Replica => replica;

    public EtcdStateMachine State => state;

    public EtcdOptions Options => options;

    public bool IsLearner
    {
        get
        {
            ReplicaStatus status = replica.Status;
            return status.Configuration.Learners.Contains(status.Id);
        }
    }

    /// <summary>Proposes a command; the request has been checked.</summary>
    public void Propose<TResponse>(
        CommandKind kind, IMessage request, ReadOnlySpan<byte> encoded, EtcdCall<TResponse> call)
        where TResponse : class, IEtcdResponse => Propose(Command.CreateProposalBuffer(kind, request, encoded), call);

    /// <summary>Proposes a command whose request is there as bytes; it has been checked.</summary>
    public void Propose<TResponse>(CommandKind kind, ReadOnlySpan<byte> encoded, EtcdCall<TResponse> call)
        where TResponse : class, IEtcdResponse => Propose(Command.CreateProposalBuffer(kind, encoded), call);

    private void Propose<TResponse>(Memory<byte> buffer, EtcdCall<TResponse> call)
        where TResponse : class, IEtcdResponse
    {
        if (IsLearner)
        {
            call.Failed(EtcdError.NotSupportedForLearner);
            return;
        }

        if (buffer.Length - Proposal.HeaderLength > options.RequestBytesMax)
        {
            call.Failed(EtcdError.RequestTooLarge);
            return;
        }

        replica.Propose(new PendingWrite<TResponse>(this, buffer, TimeoutOf(call), call));
    }

    /// <summary>
    /// Reads once the state is good enough. A local read is so at once: any state this member has applied will do, so
    /// the replica need not be asked. But a member that has been started and does not know yet how far it was would answer
    /// what is older than what it has answered before: until it does, local reads are as good as linearizable ones.
    /// </summary>
    public void Read<TRequest, TResponse>(
        TRequest request, bool local, ReadOperation<TRequest, TResponse> operation, EtcdCall<TResponse> call)
        where TResponse : class, IEtcdResponse
    {
        bool isPresent = local && replica.Status.HasCaughtUp;
        ReadConsistency consistency = isPresent ? ReadConsistency.Local : ReadConsistency.Linearizable;
        PendingRead<TRequest, TResponse> read = new(this, consistency, TimeoutOf(call), call, request, operation);
        if (isPresent)
        {
            call.Ready(read);
        }
        else if (!local && IsLearner)
        {
            call.Failed(EtcdError.NotSupportedForLearner);
        }
        else
        {
            replica.Read(read);
        }
    }

    /// <summary>
    /// Begins a stream once the state is good enough. <paramref name="begin"/> takes hold of the state on the replica's
    /// loop, so it must be quick.
    /// </summary>
    public void Stream<TPart>(bool local, Func<(IEnumerable<TPart>? Parts, EtcdError? Error)> begin, EtcdStreamCall<TPart> call)
    {
        if (!local && IsLearner)
        {
            call.Failed(EtcdError.NotSupportedForLearner);
            return;
        }

        bool isPresent = local && replica.Status.HasCaughtUp;
        ReadConsistency consistency = isPresent ? ReadConsistency.Local : ReadConsistency.Linearizable;
        replica.Read(new PendingStream<TPart>(consistency, Bounded(call.Timeout), call, begin));
    }

    /// <summary>Ends a call with an answer whose header has, at most, its revision; or without, if it is too large to be sent.</summary>
    public void Answer<TResponse>(EtcdCall<TResponse> call, TResponse response)
        where TResponse : class, IEtcdResponse
    {
        if (AnswerSize.IsTooLarge(response))
        {
            call.Failed(EtcdError.AnswerTooLarge);
            return;
        }

        response.Header = Complete(response.Header ?? new ResponseHeader());
        call.Succeeded(response);
    }

    /// <summary>Puts who answers into a header.</summary>
    public ResponseHeader Complete(ResponseHeader header)
    {
        header.ClusterId = options.ClusterId;
        header.MemberId = replica.Id.Value;
        header.RaftTerm = (ulong)replica.Status.Term;
        return header;
    }

    private TimeSpan TimeoutOf<TResponse>(EtcdCall<TResponse> call)
        where TResponse : class, IEtcdResponse => Bounded(call.Timeout);

    private TimeSpan Bounded(TimeSpan? asked) => asked is { } timeout && timeout < options.RequestTimeout ? timeout : options.RequestTimeout;
}
