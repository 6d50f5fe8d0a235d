using System.Threading.Channels;
using Quorate.Etcd.Watches;
using Quorate.KeyValue;
using Quorate.KeyValue.Watches;

namespace Quorate.Server.Coordination;

/// <summary>
/// What happens to keys from a revision on, until one of them is deleted. What is not read in time gives way to what is
/// newer, so that it holds a bounded number of records, the last among them.
/// </summary>
internal sealed class KeyFeed : IKeyWatcher, IDisposable
{
    /// <summary>Most writes that wait to be read.</summary>
    private const int WritesMax = 1000;

    private readonly Channel<KeyValueRecord> _writes = Channel.CreateBounded<KeyValueRecord>(
        new BoundedChannelOptions(WritesMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private KeyWatch? _watch;

    private KeyFeed()
    {
    }

    /// <summary>Done once a key was deleted, or once nobody can know any more because the revision was compacted.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins with the changes of <paramref name="startRevision"/>, whether that is past or to come.</summary>
    public static KeyFeed Start(MemberWatches watches, KeyRange keys, long startRevision)
    {
        var feed = new KeyFeed();
        feed._watch = watches.Watch(keys, startRevision, feed);
        return feed;
    }

    /// <summary>The next write; null once a key was deleted, or the revision compacted.</summary>
    public async ValueTask<KeyValueRecord?> NextAsync(CancellationToken cancellationToken) =>
        await _writes.Reader.WaitToReadAsync(cancellationToken) && _writes.Reader.TryRead(out KeyValueRecord write) ? write : null;

    public void Dispose() => _watch!.Cancel();

    void IKeyWatcher.Changed(IReadOnlyList<WatchEvent> changes, long revision)
    {
        foreach (WatchEvent change in changes)
        {
            if (change.Change.Kind == KeyValueEventKind.Delete)
            {
                End();
                return;
            }

            // Refused once it has ended: what a later key of the same name holds is another matter.
            _writes.Writer.TryWrite(change.Change.Record);
        }
    }

    void IKeyWatcher.Compacted(long compactRevision) => End();

    private void End()
    {
        _writes.Writer.TryComplete();
        _ended.TrySetResult();
    }
}
