namespace Quorate.Etcd.Watches;

/// <summary>
/// The messages with events that were last made. Where many streams watch the same, each has the same to tell, down to the
/// last byte: most clients have one watch in a stream, and its id is then zero. So one message serves them all.
/// </summary>
/// <remarks>Four of them, since streams that watch different keys, or were served at different times, come mixed.</remarks>
internal sealed class SharedWatchMessages
{
    private const int KeptMax = 4;

    /// <summary>A larger one is not kept: it would hold its memory until others came.</summary>
    private const int KeptBytesMax = 64 << 10;

    private readonly Kept[] _kept = new Kept[KeptMax];
    private int _oldest;

    /// <summary>A message that says exactly this; null when it has to be made.</summary>
    /// <param name="watchId">The watch's id.</param>
    /// <param name="revision">The header's revision.</param>
    /// <param name="term">The header's term.</param>
    /// <param name="events">The events as they were encoded. The same bytes are the same array.</param>
    public WatchMessage? Find(long watchId, long revision, long term, List<byte[]> events)
    {
        foreach (ref readonly Kept kept in _kept.AsSpan())
        {
            if (kept.Message is not null && kept.Revision == revision && kept.WatchId == watchId && kept.Term == term
                && AreSame(kept.Events, events))
            {
                return kept.Message;
            }
        }

        return null;
    }

    /// <summary>Keeps a message in the place of the oldest.</summary>
    public void Keep(long watchId, long revision, long term, byte[][] events, WatchMessage message)
    {
        if (message.SizeBytes <= KeptBytesMax)
        {
            _kept[_oldest] = new Kept(message, watchId, revision, term, events);
            _oldest = (_oldest + 1) % KeptMax;
        }
    }

    private static bool AreSame(byte[][] kept, List<byte[]> events)
    {
        if (kept.Length != events.Count)
        {
            return false;
        }

        for (int i = 0; i < kept.Length; i++)
        {
            if (kept[i] != events[i])
            {
                return false;
            }
        }

        return true;
    }

    private readonly record struct Kept(WatchMessage? Message, long WatchId, long Revision, long Term, byte[][] Events);
}
