using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Record = Quorate.Etcd.Protocol.KeyValue;

namespace Quorate.Server.CommandLine;

/// <summary>
/// JSON that commands write: one line, names as in etcd's messages. Keys and values are text where they are UTF-8,
/// else they stand in <c>key_base64</c> and <c>value_base64</c>.
/// </summary>
internal static class JsonText
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteLine(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            write(json);
        }

        buffer.Write("\n"u8);
        using Stream output = Console.OpenStandardOutput();
        output.Write(buffer.WrittenSpan);
    }

    public static void Header(Utf8JsonWriter json, ResponseHeader header)
    {
        json.WriteStartObject("header");
        json.WriteNumber("cluster_id", header.ClusterId);
        json.WriteNumber("member_id", header.MemberId);
        json.WriteNumber("revision", header.Revision);
        json.WriteNumber("raft_term", header.RaftTerm);
        json.WriteEndObject();
    }

    public static void Records(Utf8JsonWriter json, IEnumerable<Record> records)
    {
        json.WriteStartArray("kvs");
        foreach (Record record in records)
        {
            json.WriteStartObject();
            Fields(json, record);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>One record under a name.</summary>
    public static void Record(Utf8JsonWriter json, string name, Record record)
    {
        json.WriteStartObject(name);
        Fields(json, record);
        json.WriteEndObject();
    }

    /// <summary>What one operation of a transaction gave, under the name of its kind.</summary>
    public static void Response(Utf8JsonWriter json, ResponseOp operation)
    {
        json.WriteStartObject();
        switch (operation.ResponseCase)
        {
            case ResponseOp.ResponseOneofCase.ResponseRange:
                json.WriteStartObject("response_range");
                Records(json, operation.ResponseRange.Kvs);
                json.WriteNumber("count", operation.ResponseRange.Count);
                json.WriteBoolean("more", operation.ResponseRange.More);
                json.WriteEndObject();
                break;
            case ResponseOp.ResponseOneofCase.ResponseDeleteRange:
                json.WriteStartObject("response_delete_range");
                json.WriteNumber("deleted", operation.ResponseDeleteRange.Deleted);
                json.WriteEndObject();
                break;
            case ResponseOp.ResponseOneofCase.ResponsePut:
                json.WriteStartObject("response_put");
                json.WriteEndObject();
                break;
            default:
                throw new InvalidOperationException($"a transaction of this program has no {operation.ResponseCase}");
        }

        json.WriteEndObject();
    }

    /// <summary>Bytes as text where they are UTF-8, else as base64 under a name that says so.</summary>
    public static void Bytes(Utf8JsonWriter json, string name, ByteString bytes)
    {
        if (Utf8.IsValid(bytes.Span))
        {
            json.WriteString(name, bytes.Span);
        }
        else
        {
            json.WriteBase64String(name + "_base64", bytes.Span);
        }
    }

    private static void Fields(Utf8JsonWriter json, Record record)
    {
        Bytes(json, "key", record.Key);
        Bytes(json, "value", record.Value);
        json.WriteNumber("create_revision", record.CreateRevision);
        json.WriteNumber("mod_revision", record.ModRevision);
        json.WriteNumber("version", record.Version);
        if (record.Lease != 0)
        {
            json.WriteNumber("lease", record.Lease);
        }
    }
}
