using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Transactions;
using Quorate.KeyValue;
using Quorate.KeyValue.Watches;

namespace Quorate.Etcd.Watches;

/// <summary>
/// An event as it stands in a WatchResponse: tag, length, message. So a response is put together from events that were
/// encoded for others as well.
/// </summary>
internal sealed class WatchEventEncoder : IWatchEventEncoder<byte[]>
{
    private const uint Tag = (WatchResponse.EventsFieldNumber << 3) | (uint)WireFormat.WireType.LengthDelimited;

    public static WatchEventEncoder Instance { get; } = new();

    public byte[] Encode(in KeyValueEvent change, in KeyValueRecord? previous)
    {
        var message = new Event
        {
            Type = change.Kind == KeyValueEventKind.Delete ? Event.Types.EventType.Delete : Event.Types.EventType.Put,
            Kv = RecordConversion.ToMessage(change.Record),
        };
        if (previous is { } record)
        {
            message.PrevKv = RecordConversion.ToMessage(record);
        }

        int size = message.CalculateSize();
        byte[] bytes = new byte[CodedOutputStream.ComputeTagSize(WatchResponse.EventsFieldNumber) + CodedOutputStream.ComputeLengthSize(size) + size];
        using var output = new CodedOutputStream(bytes);
        output.WriteTag(Tag);
        output.WriteLength(size);
        message.WriteTo(output);
        output.Flush();
        return bytes;
    }
}
