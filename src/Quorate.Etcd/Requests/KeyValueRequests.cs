using Quorate.Etcd.Commands;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Transactions;
using Quorate.KeyValue;

namespace Quorate.Etcd.Requests;

/// <summary>The requests of etcd's KV service.</summary>
/// <remarks>
/// A write may come with the bytes it was decoded from; they become the command as they are. They must be the
/// request's. Without them it is encoded.
/// </remarks>
public sealed class KeyValueRequests
{
    private readonly RequestPath _path;

    internal KeyValueRequests(RequestPath path)
    {
        _path = path;
    }

    /// <summary>Reads a range; never through the log (spec G2).</summary>
    public void Range(RangeRequest request, EtcdCall<RangeResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        if (RequestChecks.Check(request) is { } error)
        {
            call.Failed(error);
            return;
        }

        _path.Read(request, request.Serializable, ReadRange, call);
    }

    /// <summary>Reads a range in parts, all of one revision.</summary>
    public void RangeStream(RangeRequest request, EtcdStreamCall<RangeStreamResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        if (Requests.RangeStream.Check(request) is { } error)
        {
            call.Failed(error);
            return;
        }

        _path.Stream(request.Serializable, () => Requests.RangeStream.Begin(_path, request), call);
    }

    /// <summary>Writes a key.</summary>
    public void Put(PutRequest request, EtcdCall<PutResponse> call, ReadOnlySpan<byte> encoded = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        if (MayPut(PutFields.Of(request), call))
        {
            _path.Propose(CommandKind.Put, request, encoded, call);
        }
    }

    /// <summary>
    /// Writes a key, without making a message of the request. False where its bytes are out of the ordinary: nothing has
    /// been done then, and a parser has to say what they mean.
    /// </summary>
    public bool TryPut(ReadOnlyMemory<byte> encoded, EtcdCall<PutResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!PutFields.TryRead(encoded, out PutFields fields))
        {
            return false;
        }

        if (MayPut(fields, call))
        {
            _path.Propose(CommandKind.Put, encoded.Span, call);
        }

        return true;
    }

    /// <summary>Deletes the keys of a range.</summary>
    public void DeleteRange(DeleteRangeRequest request, EtcdCall<DeleteRangeResponse> call, ReadOnlySpan<byte> encoded = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        if (RequestChecks.Check(request) is { } error)
        {
            call.Failed(error);
            return;
        }

        _path.Propose(CommandKind.DeleteRange, request, encoded, call);
    }

    /// <summary>Carries out a transaction; one that cannot write is a read, and never goes through the log.</summary>
    public void Txn(TxnRequest request, EtcdCall<TxnResponse> call, ReadOnlySpan<byte> encoded = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        if (QuotaGate.Refuses(_path, QuotaCost.Of(request), call))
        {
            return;
        }

        EtcdError? error = RequestChecks.Check(request, _path.Options.TransactionOperationsMax) ?? DuplicateKeyCheck.Check(request);
        if (error is not null)
        {
            call.Failed(error);
        }
        else if (TransactionShape.IsReadOnly(request))
        {
            _path.Read(request, TransactionShape.IsSerializable(request), ReadTransaction, call);
        }
        else
        {
            _path.Propose(CommandKind.Transaction, request, encoded, call);
        }
    }

    /// <summary>Forgets what was overwritten or deleted before a revision.</summary>
    public void Compact(CompactionRequest request, EtcdCall<CompactionResponse> call, ReadOnlySpan<byte> encoded = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        _path.Propose(CommandKind.Compact, request, encoded, call);
    }

    /// <summary>Whether a put may go on its way; otherwise its call has ended, or will.</summary>
    private bool MayPut(in PutFields fields, EtcdCall<PutResponse> call)
    {
        if (QuotaGate.Refuses(_path, QuotaCost.Of(fields), call))
        {
            return false;
        }

        if (RequestChecks.Check(fields) is { } error)
        {
            call.Failed(error);
            return false;
        }

        return true;
    }

    private static EtcdError? ReadRange(RequestPath path, RangeRequest request, out RangeResponse? response)
    {
        StoreVersion version = path.State.Current;
        EtcdError? error = RangeOperation.CheckRevision(version, request.Revision);
        response = error is null ? RangeOperation.Execute(new ReadTarget(version), request) : null;
        return error;
    }

    private static EtcdError? ReadTransaction(RequestPath path, TxnRequest request, out TxnResponse? response)
    {
        StoreVersion version = path.State.Current;
        TransactionPlan plan = TransactionPlan.Make(version, request);
        EtcdError? error = plan.Check(version, leases: null, request);
        response = error is null
            ? TransactionExecutor.Execute(new ReadTarget(version), request, plan, wanted: true)
            : null;
        return error;
    }
}
