using Quorate.Etcd.Protocol;
using Quorate.Replica;

namespace Quorate.Etcd.Requests;

/// <summary>A read on its way: waits for the state to be good enough, then is what reads it.</summary>
internal sealed class PendingRead<TRequest, TResponse>(
    RequestPath path,
    ReadConsistency consistency,
    TimeSpan timeout,
    EtcdCall<TResponse> call,
    TRequest request,
    ReadOperation<TRequest, TResponse> operation) : ReadRequest(consistency, timeout), IPreparedRead
    where TResponse : class, IEtcdResponse
{
    public bool IsShort => request is RangeRequest { RangeEnd.IsEmpty: true };

    public bool IsLocal => Consistency == ReadConsistency.Local;

    public void Run()
    {
        if (operation(path, request, out TResponse? response) is { } error)
        {
            call.Failed(error);
        }
        else
        {
            path.Answer(call, response!);
        }
    }

    protected override void Completed(ReadOutcome outcome)
    {
        if (outcome == ReadOutcome.Ready)
        {
            call.Ready(this);
        }
        else
        {
            call.Failed(ReadFailure.Explain(outcome));
        }
    }
}
