using Google.Protobuf;
using Quorate.Etcd.Protocol;

namespace Quorate.Simulation.Histories;

/// <summary>An operation of a transaction's branch, which wraps the request that it stands for.</summary>
internal static class RequestOperation
{
    /// <summary>The request; null where the client named none.</summary>
    public static IMessage? Unwrap(RequestOp operation) => operation.RequestCase switch
    {
        RequestOp.RequestOneofCase.RequestPut => operation.RequestPut,
        RequestOp.RequestOneofCase.RequestDeleteRange => operation.RequestDeleteRange,
        RequestOp.RequestOneofCase.RequestRange => operation.RequestRange,
        RequestOp.RequestOneofCase.RequestTxn => operation.RequestTxn,
        _ => null,
    };
}
