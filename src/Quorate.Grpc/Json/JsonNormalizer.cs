using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf.Reflection;

namespace Quorate.Grpc.Json;

/// <summary>
/// Checks that an object is valid JSON, and rewrites what protobuf's parser for C# would take differently from the one
/// for Go, which etcd's gateway uses:
/// <list type="bullet">
/// <item>bytes may be base64 in either alphabet, with padding or without;</item>
/// <item>64-bit numbers that are not in quotes keep all their digits (C# reads them as doubles: a lease's id would
/// become that of another);</item>
/// <item>a field that is given twice is an error.</item>
/// </list>
/// </summary>
internal static class JsonNormalizer
{
    private static readonly JsonReaderOptions s_readerOptions = new() { MaxDepth = JsonMessageParser.DepthMax };

    private static readonly JsonWriterOptions s_writerOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = JsonMessageParser.DepthMax,
        SkipValidation = true,
    };

    public static ReadOnlySpan<byte> Normalize(in ReadOnlySequence<byte> json, MessageDescriptor type)
    {
        var output = new ArrayBufferWriter<byte>((int)Math.Min(json.Length + 16, Array.MaxLength));
        using var writer = new Utf8JsonWriter(output, s_writerOptions);
        var reader = new Utf8JsonReader(json, s_readerOptions);
        try
        {
            reader.Read();
            CopyObject(ref reader, writer, type);
        }
        catch (JsonException malformed)
        {
            throw JsonRequestErrors.Malformed(
                (malformed.LineNumber ?? 0) + 1, (malformed.BytePositionInLine ?? 0) + 1, WithoutPosition(malformed.Message));
        }
        catch (InvalidOperationException notText)
        {
            // What the reader throws for strings that are not UTF-8, and for halves of surrogate pairs.
            throw JsonRequestErrors.NotText(reader.TokenStartIndex + 1, notText.Message);
        }

        writer.Flush();
        return output.WrittenSpan;
    }

    /// <summary>Copies the object at whose start the reader is; of a message that is not known, as it is.</summary>
    private static void CopyObject(ref Utf8JsonReader reader, Utf8JsonWriter writer, MessageDescriptor? type)
    {
        HashSet<int>? seen = null;
        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            FieldDescriptor? field = type is null ? null : JsonMessageParser.FieldOf(type, name);
            if (field is not null && !(seen ??= []).Add(field.FieldNumber))
            {
                throw JsonRequestErrors.TwiceTheSame(name);
            }

            writer.WritePropertyName(name);
            reader.Read();
            CopyValue(ref reader, writer, field);
        }

        writer.WriteEndObject();
    }

    private static void CopyValue(ref Utf8JsonReader reader, Utf8JsonWriter writer, FieldDescriptor? field)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                CopyObject(ref reader, writer, MessageOf(field));
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    CopyValue(ref reader, writer, field);
                }

                writer.WriteEndArray();
                break;
            case JsonTokenType.String:
                string text = reader.GetString()!;
                writer.WriteStringValue(field is { FieldType: FieldType.Bytes } ? StandardBase64(text) : text);
                break;
            case JsonTokenType.Number:
                ReadOnlySpan<byte> number = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
                if (field is not null && Is64Bits(field.FieldType) && number.IndexOfAny(".eE"u8) < 0)
                {
                    writer.WriteStringValue(number);
                }
                else
                {
                    writer.WriteRawValue(number, skipInputValidation: true);
                }

                break;
            case JsonTokenType.True or JsonTokenType.False:
                writer.WriteBooleanValue(reader.GetBoolean());
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    /// <summary>The type whose rules a field's value follows; null for those of which protobuf has a form of its own in JSON.</summary>
    private static MessageDescriptor? MessageOf(FieldDescriptor? field) =>
        field is { FieldType: FieldType.Message, IsMap: false } && field.MessageType.File.Package != "google.protobuf" ? field.MessageType : null;

    private static bool Is64Bits(FieldType type) =>
        type is FieldType.Int64 or FieldType.UInt64 or FieldType.SInt64 or FieldType.Fixed64 or FieldType.SFixed64;

    /// <summary>What is not base64 at all stays so, for the parser to refuse.</summary>
    private static string StandardBase64(string text)
    {
        string standard = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        return (standard.Length % 4) switch
        {
            0 => standard,
            1 => text,
            var rest => standard.PadRight(standard.Length + 4 - rest, '='),
        };
    }

    private static string WithoutPosition(string message)
    {
        int position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? message : message[..position];
    }
}
