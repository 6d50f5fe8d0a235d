using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Quorate.Server.Import;

/// <summary>One line of an import or export file: a record as text and back.</summary>
internal static class RecordLine
{
    /// <summary>Reads a line without its line end.</summary>
    /// <exception cref="FormatException">Says what is wrong with it.</exception>
    public static (byte[] Key, byte[] Value) Parse(ImportFormat format, ReadOnlySequence<byte> line)
    {
        (byte[] key, byte[] value) = format == ImportFormat.JsonLines ? ParseJson(line) : ParseKeyValue(line.ToArray());
        return key.Length > 0 ? (key, value) : throw new FormatException("the key is empty; a key has at least one byte");
    }

    /// <summary>Writes a record as a line of JSON, with its line end; bytes that are not UTF-8 go as base64.</summary>
    public static void WriteJson(IBufferWriter<byte> output, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteBytes(json, "key", key);
            WriteBytes(json, "value", value);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    /// <summary>Writes a record as a key-value line, with its line end.</summary>
    public static void WriteKeyValue(IBufferWriter<byte> output, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        WriteEscaped(output, key);
        output.Write("\t"u8);
        WriteEscaped(output, value);
        output.Write("\n"u8);
    }

    private static (byte[] Key, byte[] Value) ParseJson(ReadOnlySequence<byte> line)
    {
        byte[]? key = null;
        byte[]? value = null;
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                throw new FormatException("it is not a JSON object");
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                string name = json.GetString()!;
                json.Read();
                if (json.TokenType != JsonTokenType.String)
                {
                    throw new FormatException($"\"{name}\" is not a string");
                }

                switch (name)
                {
                    case "key":
                        key = Encoding.UTF8.GetBytes(json.GetString()!);
                        break;
                    case "value":
                        value = Encoding.UTF8.GetBytes(json.GetString()!);
                        break;
                    case "key_base64":
                        key = json.GetBytesFromBase64();
                        break;
                    case "value_base64":
                        value = json.GetBytesFromBase64();
                        break;
                    default:
                        throw new FormatException($"\"{name}\" is none of key, value, key_base64, value_base64");
                }
            }

            if (json.Read())
            {
                throw new FormatException("something follows the JSON object");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"it is not valid JSON: {e.Message}", e);
        }

        return (key ?? throw new FormatException("it has no \"key\""), value ?? throw new FormatException("it has no \"value\""));
    }

    private static (byte[] Key, byte[] Value) ParseKeyValue(ReadOnlySpan<byte> line)
    {
        int tab = line.IndexOf((byte)'\t');
        return tab >= 0
            ? (Unescape(line[..tab]), Unescape(line[(tab + 1)..]))
            : throw new FormatException("it has no tab between key and value");
    }

    private static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'\\'))
        {
            return text.ToArray();
        }

        var bytes = new ArrayBufferWriter<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            if (b == '\\')
            {
                b = ++i < text.Length
                    ? text[i] switch
                    {
                        (byte)'t' => (byte)'\t',
                        (byte)'n' => (byte)'\n',
                        (byte)'r' => (byte)'\r',
                        (byte)'\\' => (byte)'\\',
                        var other => throw new FormatException($"\\{(char)other} is no escape; there are \\t, \\n, \\r and \\\\"),
                    }
                    : throw new FormatException("it ends in a single backslash; write \\\\ for one");
            }

            bytes.Write([b]);
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void WriteEscaped(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            output.Write(b switch
            {
                (byte)'\t' => "\\t"u8,
                (byte)'\n' => "\\n"u8,
                (byte)'\r' => "\\r"u8,
                (byte)'\\' => "\\\\"u8,
                _ => [b],
            });
        }
    }

    private static void WriteBytes(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            json.WriteString(name, bytes);
        }
        else
        {
            json.WriteBase64String(name + "_base64", bytes);
        }
    }
}
