using System.Buffers;
using Google.Protobuf;

namespace Quorate.Grpc.Json;

/// <summary>Messages as JSON, by protobuf's own rules: names as in the .proto file, without fields that are not set, without spaces.</summary>
internal static class JsonMessages
{
    private static readonly JsonFormatter s_formatter =
        new(JsonFormatter.Settings.Default.WithFormatDefaultValues(false).WithPreserveProtoFieldNames(true));

    public static void Write(IMessage message, IBufferWriter<byte> output)
    {
        using var text = new CompactJsonWriter(output);
        s_formatter.Format(message, text);
    }
}
