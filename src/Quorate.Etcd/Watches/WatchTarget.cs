using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.KeyValue;
using Quorate.KeyValue.Watches;
using FilterType = Quorate.Etcd.Protocol.WatchCreateRequest.Types.FilterType;

namespace Quorate.Etcd.Watches;

/// <summary>What a request for a watch is about, read as etcd reads it.</summary>
/// <param name="Keys">The keys; without one the first, which is a zero byte.</param>
/// <param name="Filters">What is left out; filters that are not known leave out nothing.</param>
/// <param name="KeyBytes">Bytes of the range.</param>
/// <param name="IsEmpty">Whether the range ends at or before its first key.</param>
internal readonly record struct WatchTarget(KeyRange Keys, WatchFilters Filters, int KeyBytes, bool IsEmpty)
{
    private static readonly ByteString s_firstKey = ByteString.CopyFrom(0);

    public static WatchTarget Of(WatchCreateRequest request)
    {
        ByteString key = request.Key.IsEmpty ? s_firstKey : request.Key;
        ByteString end = request.RangeEnd;
        bool hasEnd = !end.IsEmpty && !end.Equals(s_firstKey);
        return new WatchTarget(
            KeyRange.FromWire(key.Memory, end.Memory),
            FiltersOf(request),
            key.Length + end.Length,
            IsEmpty: hasEnd && key.Span.SequenceCompareTo(end.Span) >= 0);
    }

    private static WatchFilters FiltersOf(WatchCreateRequest request)
    {
        WatchFilters all = WatchFilters.None;
        foreach (FilterType filter in request.Filters)
        {
            all |= filter switch
            {
                FilterType.Noput => WatchFilters.NoPut,
                FilterType.Nodelete => WatchFilters.NoDelete,
                _ => WatchFilters.None,
            };
        }

        return all;
    }
}
