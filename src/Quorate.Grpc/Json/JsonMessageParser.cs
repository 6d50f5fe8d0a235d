using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Quorate.Grpc.Json;

/// <summary>
/// Turns an object of JSON into the bytes of a message, by protobuf's own parser, whose errors are given a place.
/// Fields may have their names of the .proto file or those in lowerCamelCase; what the message does not have is ignored.
/// </summary>
internal static class JsonMessageParser
{
    /// <summary>How deep objects and arrays may be nested; as deep as messages may be in protobuf.</summary>
    public const int DepthMax = 100;

    /// <summary>
    /// Longest text in which the wrong value is looked for. Each level of nesting is parsed again for that, so in a long text
    /// that is nested deeply it would take seconds.
    /// </summary>
    private const int SearchedCharsMax = 64 << 10;

    private static readonly JsonParser s_parser = new(new JsonParser.Settings(DepthMax).WithIgnoreUnknownFields(true));

    public static byte[] Parse(in ReadOnlySequence<byte> json, MessageDescriptor type)
    {
        string text = Encoding.UTF8.GetString(JsonNormalizer.Normalize(json, type));
        try
        {
            return s_parser.Parse(text, type).ToByteArray();
        }
        catch (Exception wrong) when (wrong is InvalidProtocolBufferException or InvalidJsonException)
        {
            if (text.Length > SearchedCharsMax)
            {
                throw JsonRequestErrors.WrongValue(null, wrong.Message);
            }

            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = DepthMax });
            throw JsonRequestErrors.WrongValue(PathOfWrong(document.RootElement, type), wrong.Message);
        }
    }

    /// <summary>The field that a member of JSON stands for, by either of its names; null if the message has none.</summary>
    public static FieldDescriptor? FieldOf(MessageDescriptor type, string name)
    {
        foreach (FieldDescriptor field in type.Fields.InDeclarationOrder())
        {
            if (field.JsonName == name || field.Name == name)
            {
                return field;
            }
        }

        return null;
    }

    /// <summary>
    /// The path of the first value that is not as its field wants it: each member is tried by itself. Null if all are,
    /// so that it is their being together that is wrong.
    /// </summary>
    private static string? PathOfWrong(JsonElement element, MessageDescriptor type)
    {
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (IsRight(member.Name, member.Value.GetRawText(), type))
            {
                continue;
            }

            FieldDescriptor? field = FieldOf(type, member.Name);
            MessageDescriptor? inner = field is { FieldType: FieldType.Message, IsMap: false } ? field.MessageType : null;
            if (member.Value.ValueKind != JsonValueKind.Array || field is not { IsRepeated: true })
            {
                return PathInto(member.Name, member.Value, inner);
            }

            int index = 0;
            foreach (JsonElement item in member.Value.EnumerateArray())
            {
                if (!IsRight(member.Name, $"[{item.GetRawText()}]", type))
                {
                    return PathInto($"{member.Name}[{index}]", item, inner);
                }

                index++;
            }

            return member.Name;
        }

        return null;
    }

    private static string PathInto(string path, JsonElement value, MessageDescriptor? inner) =>
        inner is not null && value.ValueKind == JsonValueKind.Object && PathOfWrong(value, inner) is { } rest ? $"{path}.{rest}" : path;

    private static bool IsRight(string name, string value, MessageDescriptor type)
    {
        try
        {
            s_parser.Parse($"{{\"{JsonEncodedText.Encode(name)}\":{value}}}", type);
            return true;
        }
        catch (Exception wrong) when (wrong is InvalidProtocolBufferException or InvalidJsonException)
        {
            return false;
        }
    }
}
