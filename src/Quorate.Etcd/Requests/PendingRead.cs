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
        switch (outcome)
        {
            case ReadOutcome.Ready:
                call.Ready(this);
                break;
            case ReadOutcome.NoLeader:
                call.Failed(EtcdError.NoLeader);
                break;
            case ReadOutcome.Overloaded:
                call.Failed(EtcdError.TooManyRequests);
                break;
            case ReadOutcome.Stopping:
                call.Failed(EtcdError.Stopped);
                break;
            default:
                call.Failed(EtcdError.Timeout);
                break;
        }
    }
}
