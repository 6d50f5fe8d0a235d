using Quorate.KeyValue.Records;

namespace Quorate.KeyValue.Events;

/// <summary>The changes as of one published version, by position. Readable from any thread.</summary>
/// <param name="Chunks">Chunks by number; from <paramref name="FirstChunk"/> on.</param>
/// <param name="FirstChunk">The number of the first chunk held.</param>
/// <param name="Start">The first position held.</param>
/// <param name="End">The position after the last.</param>
/// <param name="Records">What the changes refer to.</param>
internal readonly record struct EventLogView(EventChunk[] Chunks, long FirstChunk, long Start, long End, RecordView Records)
{
    /// <summary>The change at a position.</summary>
    public KeyRevision this[long position] => Records[HandleAt(position)];

    /// <summary>Where the change at a position stands.</summary>
    public RecordHandle HandleAt(long position) =>
        Chunks[(position >> EventChunk.SlotsShift) - FirstChunk].Changes[position & (EventChunk.Slots - 1)];

    /// <summary>The position of the first change at or after a revision; <see cref="End"/> where there is none.</summary>
    public long FirstAtOrAfter(long revision)
    {
        long low = Start;
        long high = End;
        while (low < high)
        {
            long middle = low + ((high - low) >> 1);
            if (this[middle].ModRevision < revision)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
