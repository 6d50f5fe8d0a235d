using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// Takes segments out of the log, the oldest first. The folder is flushed after each, so that what is left after a
/// crash is always the log from some segment on, without a gap.
/// </summary>
internal sealed class SegmentRemoval(
    IDisk disk, IReadOnlyList<SegmentRemoval.Item> items, Action<SegmentRemoval, Exception?> completed) : IWork
{
    private int _next;
    private bool _mustFlush;

    /// <summary>A segment that goes, to be deleted or to become the spare at <paramref name="SparePath"/>.</summary>
    internal readonly record struct Item(SegmentInfo Segment, string? SparePath);

    public IReadOnlyList<Item> Items => items;

    public bool Step()
    {
        if (_mustFlush)
        {
            FileSteps.FlushFolder(disk, LogFormat.Folder);
            _mustFlush = false;
            return _next == items.Count;
        }

        Item item = items[_next++];
        if (item.SparePath is null)
        {
            FileSteps.Delete(disk, item.Segment.Path);
        }
        else
        {
            FileSteps.Rename(disk, item.Segment.Path, item.SparePath);
        }

        _mustFlush = true;
        return false;
    }

    public void Completed(Exception? error) => completed(this, error);
}
