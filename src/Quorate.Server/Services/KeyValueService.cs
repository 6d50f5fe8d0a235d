using System.Buffers;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Grpc;

namespace Quorate.Server.Services;

/// <summary>etcd's KV service.</summary>
/// <param name="requests">What the requests mean.</param>
/// <param name="streamStallMax">How long a client of an answer in parts may take none of them.</param>
internal sealed class KeyValueService(KeyValueRequests requests, TimeSpan streamStallMax)
{
    public Task<RangeResponse> Range(RangeRequest request, ServerCallContext context)
    {
        var call = new PendingCall<RangeResponse>(context);
        requests.Range(request, call);
        return call.Response;
    }

    public Task RangeStream(RangeRequest request, IServerStreamWriter<RangeStreamResponse> responses, ServerCallContext context)
    {
        var call = new StreamedCall<RangeStreamResponse>(context);
        requests.RangeStream(request, call);
        return call.SendAsync(responses, streamStallMax);
    }

    /// <summary>A put travels to the log as the bytes it came in.</summary>
    public Task<PutResponse> Put(ReadOnlySequence<byte> request, ServerCallContext context)
    {
        ReadOnlyMemory<byte> encoded = request.IsSingleSegment ? request.First : request.ToArray();
        var call = new PendingCall<PutResponse>(context);
        if (!requests.TryPut(encoded, call))
        {
            requests.Put(PutRequest.Parser.ParseFrom(request), call, encoded.Span);
        }

        return call.Response;
    }

    public Task<DeleteRangeResponse> DeleteRange(DeleteRangeRequest request, ServerCallContext context)
    {
        var call = new PendingCall<DeleteRangeResponse>(context);
        requests.DeleteRange(request, call);
        return call.Response;
    }

    public Task<TxnResponse> Txn(TxnRequest request, ServerCallContext context)
    {
        var call = new PendingCall<TxnResponse>(context);
        requests.Txn(request, call);
        return call.Response;
    }

    public Task<CompactionResponse> Compact(CompactionRequest request, ServerCallContext context)
    {
        var call = new PendingCall<CompactionResponse>(context);
        requests.Compact(request, call);
        return call.Response;
    }
}
