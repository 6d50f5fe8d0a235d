using Google.Protobuf;
using Record = Quorate.Etcd.Protocol.KeyValue;

namespace Quorate.Server.CommandLine;

/// <summary>Records as etcdctl prints them: the key, the value, each followed by a line end, bytes as they are.</summary>
internal static class PlainText
{
    public static void Records(IEnumerable<Record> records, bool keysOnly = false, bool valuesOnly = false)
    {
        using Stream output = Console.OpenStandardOutput();
        using var buffered = new BufferedStream(output, 1 << 16);
        foreach (Record record in records)
        {
            if (!valuesOnly)
            {
                Line(buffered, record.Key);
            }

            if (!keysOnly)
            {
                Line(buffered, record.Value);
            }
        }
    }

    private static void Line(Stream output, ByteString bytes)
    {
        output.Write(bytes.Span);
        output.WriteByte((byte)'\n');
    }
}
