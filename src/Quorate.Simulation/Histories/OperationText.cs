using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;
using Quorate.Replica;
using CompareResult = Quorate.Etcd.Protocol.Compare.Types.CompareResult;
using CompareTarget = Quorate.Etcd.Protocol.Compare.Types.CompareTarget;

namespace Quorate.Simulation.Histories;

/// <summary>Puts operations into plain words, one line each, for traces and reports of failures.</summary>
internal static class OperationText
{
    /// <summary>Longest key or value that is written out.</summary>
    private const int BytesShownMax = 40;

    /// <summary>Most records or nested operations of one message that are written out.</summary>
    private const int ItemsShownMax = 8;

    public static string Line(Operation operation)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"client {operation.Client} at member {operation.Member}: ");
        text.Append(RequestOf(operation)).Append(" → ").Append(OutcomeOf(operation));
        text.Append(" [").Append(Seconds(operation.InvokedAt)).Append("..");
        return text.Append(operation.End == OperationEnd.Open ? "" : Seconds(operation.ReturnedAt)).Append(']').ToString();
    }

    /// <summary>What was asked.</summary>
    public static string RequestOf(Operation operation)
    {
        StringBuilder text = new();
        if (operation.Consistency == ReadConsistency.Local)
        {
            text.Append("locally ");
        }
        else if (operation.Consistency == ReadConsistency.Bounded)
        {
            text.Append(CultureInfo.InvariantCulture, $"from revision {operation.TokenRevision} on ");
        }

        Request(text, operation.Request);
        return text.ToString();
    }

    /// <summary>What came back.</summary>
    public static string OutcomeOf(Operation operation)
    {
        StringBuilder text = new();
        switch (operation.End)
        {
            case OperationEnd.Answered:
                Response(text, operation.Response!);
                text.Append(CultureInfo.InvariantCulture, $"revision {operation.Revision}");
                break;
            case OperationEnd.Refused:
                text.Append("refused: ").Append(operation.Error!.Text);
                break;
            case OperationEnd.Unknown:
                text.Append("outcome unknown: ").Append(operation.Error!.Text);
                break;
            default:
                text.Append("never answered");
                break;
        }

        return text.ToString();
    }

    /// <summary>Bytes as text where they are text.</summary>
    public static string Show(ByteString bytes)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        bool isText = span.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) < 0;
        ReadOnlySpan<byte> shown = span[..Math.Min(span.Length, BytesShownMax)];
        string text = span.IsEmpty ? "\"\"" : isText ? Encoding.ASCII.GetString(shown) : "0x" + Convert.ToHexStringLower(shown);
        return shown.Length == span.Length ? text : string.Create(CultureInfo.InvariantCulture, $"{text}…({span.Length} bytes)");
    }

    /// <summary>A record: key, value, and its numbers.</summary>
    public static string Show(Etcd.Protocol.KeyValue record)
    {
        string lease = record.Lease == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" lease {record.Lease}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Show(record.Key)}={Show(record.Value)} (version {record.Version}, created {record.CreateRevision}, changed {record.ModRevision}{lease})");
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000###", CultureInfo.InvariantCulture) + "s";

    private static void Request(StringBuilder text, IMessage request)
    {
        switch (request)
        {
            case PutRequest put:
                text.Append("put ").Append(Show(put.Key)).Append('=').Append(put.IgnoreValue ? "(kept)" : Show(put.Value));
                break;
            case DeleteRangeRequest delete:
                text.Append("delete ").Append(Keys(delete.Key, delete.RangeEnd));
                break;
            case RangeRequest range:
                text.Append(range.CountOnly ? "count " : range.RangeEnd.IsEmpty ? "get " : "range ").Append(Keys(range.Key, range.RangeEnd));
                AppendIf(text, range.Revision != 0, " at revision ", range.Revision);
                AppendIf(text, range.Limit != 0, " limit ", range.Limit);
                break;
            case CompactionRequest compaction:
                text.Append(CultureInfo.InvariantCulture, $"compact {compaction.Revision}");
                break;
            case TxnRequest transaction:
                text.Append("if {");
                List(text, transaction.Compare, AppendCompare);
                text.Append("} then {");
                List(text, transaction.Success, AppendOperation);
                text.Append("} else {");
                List(text, transaction.Failure, AppendOperation);
                text.Append('}');
                break;
        }
    }

    private static void AppendOperation(StringBuilder text, RequestOp operation)
    {
        if (RequestOperation.Unwrap(operation) is { } request)
        {
            Request(text, request);
        }
    }

    private static void AppendCompare(StringBuilder text, Compare compare)
    {
        string sign = compare.Result switch
        {
            CompareResult.Equal => "=",
            CompareResult.NotEqual => "≠",
            CompareResult.Greater => ">",
            _ => "<",
        };
        string target = compare.Target switch
        {
            CompareTarget.Version => string.Create(CultureInfo.InvariantCulture, $"version{sign}{compare.Version}"),
            CompareTarget.Create => string.Create(CultureInfo.InvariantCulture, $"created{sign}{compare.CreateRevision}"),
            CompareTarget.Mod => string.Create(CultureInfo.InvariantCulture, $"changed{sign}{compare.ModRevision}"),
            CompareTarget.Lease => string.Create(CultureInfo.InvariantCulture, $"lease{sign}{compare.Lease}"),
            _ => $"value{sign}{Show(compare.Value)}",
        };
        text.Append(Keys(compare.Key, compare.RangeEnd)).Append(' ').Append(target);
    }

    private static void Response(StringBuilder text, IEtcdResponse response)
    {
        switch (response)
        {
            case PutResponse { PrevKv: not null } put:
                text.Append("replaced ").Append(Show(put.PrevKv)).Append(", ");
                break;
            case DeleteRangeResponse delete:
                text.Append(CultureInfo.InvariantCulture, $"{delete.Deleted} deleted");
                List(text, delete.PrevKvs, (to, record) => to.Append(to[^1] == 'd' ? ": " : "").Append(Show(record)));
                text.Append(", ");
                break;
            case RangeResponse range:
                List(text, range.Kvs, (to, record) => to.Append(Show(record)));
                text.Append(range.Kvs.Count == 0 ? "nothing" : "");
                text.Append(CultureInfo.InvariantCulture, $", {(range.More ? "more, " : "")}count {range.Count}, ");
                break;
            case TxnResponse transaction:
                text.Append(transaction.Succeeded ? "then" : "else").Append(" {");
                List(text, transaction.Responses, AppendResponse);
                text.Append("}, ");
                break;
        }
    }

    private static void AppendResponse(StringBuilder text, ResponseOp response)
    {
        int start = text.Length;
        IEtcdResponse? inner = response.ResponseCase switch
        {
            ResponseOp.ResponseOneofCase.ResponsePut => response.ResponsePut,
            ResponseOp.ResponseOneofCase.ResponseDeleteRange => response.ResponseDeleteRange,
            ResponseOp.ResponseOneofCase.ResponseRange => response.ResponseRange,
            ResponseOp.ResponseOneofCase.ResponseTxn => response.ResponseTxn,
            _ => null,
        };
        if (inner is not null)
        {
            Response(text, inner);
        }

        if (text.Length == start)
        {
            text.Append("done");
        }
        else if (text[^2] == ',')
        {
            text.Length -= 2;
        }
    }

    private static string Keys(ByteString key, ByteString end) =>
        end.IsEmpty ? Show(key)
        : end.Length == 1 && end[0] == 0 ? $"{Show(key)} and all after it"
        : $"{Show(key)}..{Show(end)}";

    private static void AppendIf(StringBuilder text, bool condition, string words, long number)
    {
        if (condition)
        {
            text.Append(words).Append(number.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void List<T>(StringBuilder text, RepeatedField<T> items, Action<StringBuilder, T> append)
    {
        for (int i = 0; i < Math.Min(items.Count, ItemsShownMax); i++)
        {
            text.Append(i == 0 ? "" : "; ");
            append(text, items[i]);
        }

        if (items.Count > ItemsShownMax)
        {
            text.Append(CultureInfo.InvariantCulture, $"; … {items.Count - ItemsShownMax} more");
        }
    }
}
