using System.Globalization;
using System.Text;
using Quorate.KeyValue;
using Quorate.KeyValue.Watches;

namespace Quorate.Bench;

/// <summary>A store, a hub, and clients that take as soon as they are told.</summary>
internal sealed class WatchWorld : IWatcherOwner, IWatchEventEncoder<byte[]>
{
    private readonly KeyValueStore _store = new();
    private readonly WatchHub _hub;
    private readonly Queue<Watcher> _ready = new();
    private readonly List<WatchEvent> _taken = [];

    public WatchWorld()
    {
        _hub = new WatchHub(_store.Current, new WatchHubOptions());
    }

    public StoreVersion Present => _store.Current;

    public static string KeyOf(int number) => string.Create(CultureInfo.InvariantCulture, $"/registry/things/{number:00000000}");

    public StoreHistory Put(string key, int valueBytes)
    {
        using (WriteTransaction write = _store.Begin())
        {
            write.Put(Encoding.UTF8.GetBytes(key), new byte[valueBytes], lease: 0);
            write.CommitUnpublished();
        }

        _store.Publish();
        return _store.History;
    }

    public void WatchOwnKeys(int watchers, long startRevision)
    {
        for (int i = 0; i < watchers; i++)
        {
            Watch(KeyRange.ForKey(Encoding.UTF8.GetBytes(KeyOf(i))), startRevision);
        }
    }

    public void Watch(KeyRange keys, long startRevision) => _hub.Add(new WatcherOptions(keys, startRevision), this);

    public void Deliver(StoreHistory version)
    {
        _hub.Publish(version);
        while (_hub.Deliver())
        {
        }
    }

    public void TakeAll()
    {
        while (_ready.TryDequeue(out Watcher? watcher))
        {
            _taken.Clear();
            if (_hub.Take(watcher, _taken).Kind == WatcherTakeKind.More)
            {
                _ready.Enqueue(watcher);
            }

            foreach (WatchEvent change in _taken)
            {
                change.Encode(this, withPrevious: false);
            }
        }
    }

    public void Signal(Watcher watcher) => _ready.Enqueue(watcher);

    /// <summary>As much as a message of protobuf would be.</summary>
    public byte[] Encode(in KeyValueEvent change, in KeyValueRecord? previous)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(change.Record.Key.Length + change.Record.Value.Length + 32);
        change.Record.Key.Span.CopyTo(bytes);
        change.Record.Value.Span.CopyTo(bytes.AsSpan(change.Record.Key.Length));
        return bytes;
    }
}
