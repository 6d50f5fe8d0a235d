using Google.Protobuf;
using Quorate.Etcd;
using Quorate.Etcd.Protocol;

namespace Quorate.Simulation.Workloads;

/// <summary>Makes the call at a member's front that belongs to a request message.</summary>
internal sealed class KeyValueCalls(EtcdFront front, TimeSpan timeout, Action<IEtcdResponse> succeeded, Action<EtcdError> failed)
{
    public void Call(IMessage request)
    {
        switch (request)
        {
            case RangeRequest range:
                front.KeyValue.Range(range, Make<RangeResponse>());
                break;
            case PutRequest put:
                front.KeyValue.Put(put, Make<PutResponse>());
                break;
            case DeleteRangeRequest delete:
                front.KeyValue.DeleteRange(delete, Make<DeleteRangeResponse>());
                break;
            case TxnRequest transaction:
                front.KeyValue.Txn(transaction, Make<TxnResponse>());
                break;
            case CompactionRequest compaction:
                front.KeyValue.Compact(compaction, Make<CompactionResponse>());
                break;
            default:
                throw new ArgumentException($"there is no call for {request.Descriptor.Name}", nameof(request));
        }
    }

    private SimulatedCall<TResponse> Make<TResponse>()
        where TResponse : class, IEtcdResponse => new(timeout, succeeded, failed);
}
