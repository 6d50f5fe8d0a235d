using Quorate.Replica;

namespace Quorate.Etcd.Requests;

/// <summary>
/// A stream on its way: waits for the state to be good enough, then takes hold of it on the replica's loop. The parts
/// are made elsewhere.
/// </summary>
internal sealed class PendingStream<TPart>(
    ReadConsistency consistency, TimeSpan timeout, EtcdStreamCall<TPart> call, Func<(IEnumerable<TPart>? Parts, EtcdError? Error)> begin)
    : ReadRequest(consistency, timeout)
{
    protected override void Completed(ReadOutcome outcome)
    {
        if (outcome != ReadOutcome.Ready)
        {
            call.Failed(ReadFailure.Explain(outcome));
            return;
        }

        (IEnumerable<TPart>? parts, EtcdError? error) = begin();
        if (error is not null)
        {
            call.Failed(error);
        }
        else
        {
            call.Started(parts!);
        }
    }
}
