using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Watches;

/// <summary>Splits a response that is too large for one message.</summary>
internal static class WatchFragments
{
    /// <summary>
    /// The parts in order, all but the last marked as having more after them. Each is below the limit, unless a single event
    /// is above it.
    /// </summary>
    public static List<WatchMessage> Split(WatchMessage whole, int bytesMax)
    {
        WatchResponse head = whole.ReadHead();
        ArraySegment<byte[]> events = whole.Events;
        List<WatchMessage> parts = [];
        for (int start = 0; start < events.Count;)
        {
            var part = new WatchResponse(head) { Fragment = true };
            int size = part.CalculateSize() + events[start].Length;
            int end = start + 1;
            while (end < events.Count && size + events[end].Length < bytesMax)
            {
                size += events[end++].Length;
            }

            part.Fragment = end < events.Count;
            parts.Add(new WatchMessage(part, events.Slice(start, end - start)));
            start = end;
        }

        return parts;
    }
}
