using Quorate.KeyValue.Events;
using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue.Watches;

/// <summary>Reads history for watchers that are behind: a bounded step at a time, in whole revisions.</summary>
internal sealed class WatchHistory(WatchHubOptions options)
{
    private readonly SharedWatchEvents _shared = new(options.SharedHistoryBytesMax);

    /// <summary>Drops what is kept for other watchers.</summary>
    public void Forget() => _shared.Clear();

    /// <summary>Adds what a watcher wants from <see cref="Watcher.NextRevision"/> on.</summary>
    /// <param name="watcher">The watcher; what it needs is not compacted.</param>
    /// <param name="version">Where to read.</param>
    /// <param name="throughRevision">The last revision to be read.</param>
    /// <param name="taken">Where events are added.</param>
    /// <param name="keepsForOthers">Whether others are behind too, and may want the same events.</param>
    /// <returns>The revision up to which everything has been read: at most <paramref name="throughRevision"/>.</returns>
    public long Read(Watcher watcher, StoreHistory version, long throughRevision, List<WatchEvent> taken, bool keepsForOthers)
    {
        var changes = new Changes(version, watcher);
        int revisionStart = taken.Count;
        bool hasWhole = false;
        int looked = 0;
        long bytes = 0;
        long revision = 0;
        while (changes.Next() is { } change && change.ModRevision <= throughRevision)
        {
            if (change.ModRevision != revision)
            {
                hasWhole = taken.Count > revisionStart || hasWhole;
                revisionStart = taken.Count;
                if (looked >= options.StepChangesMax)
                {
                    return change.ModRevision - 1;
                }

                revision = change.ModRevision;
            }

            looked++;
            bytes += AddIfWanted(watcher, change, version, taken, keepsForOthers);
            if (bytes > options.CatchUpBytesMax && hasWhole)
            {
                taken.RemoveRange(revisionStart, taken.Count - revisionStart);
                return revision - 1;
            }
        }

        return throughRevision;
    }

    private int AddIfWanted(Watcher watcher, KeyRevision change, StoreHistory version, List<WatchEvent> taken, bool keepsForOthers)
    {
        if (!watcher.Options.Keys.Contains(change.Key)
            || !watcher.Options.Admits(change.IsTombstone ? KeyValueEventKind.Delete : KeyValueEventKind.Put))
        {
            return 0;
        }

        WatchEvent made = _shared.Find(change) ?? new WatchEvent(KeyValueEvent.From(change));
        bool withPrevious = watcher.Options.WantsPrevious;
        if (withPrevious)
        {
            made.LookUpPrevious(version, change);
        }

        int sizeBytes = made.SizeBytes(withPrevious);
        if (keepsForOthers)
        {
            _shared.Keep(change, made, sizeBytes);
        }

        taken.Add(made);
        return sizeBytes;
    }

    /// <summary>
    /// The changes from a watcher's next revision on, in order: of all keys, or, where it watches a single one, that key's
    /// own versions, which costs nothing for what happened to others.
    /// </summary>
    private struct Changes
    {
        /// <summary>A key's versions lead from the newest to the oldest, so some are collected at once.</summary>
        private const int WindowVersions = 256;

        private readonly EventLogView _all;
        private readonly KeyEntry? _ofKey;
        private readonly List<KeyRevision> _window = [];
        private int _nextInWindow;
        private long _position;
        private long _left;

        public Changes(StoreHistory version, Watcher watcher)
        {
            // Without the keys, which somebody else may have had to ask for in time, all changes are looked through.
            if (watcher.Options.Keys is { End: null } key && version.TryHold() is { } held)
            {
                _ofKey = TreeReader.Find(held.Tree, key.Start.Span);
                _left = _ofKey?.CountFrom(watcher.NextRevision) ?? 0;
            }
            else
            {
                _all = version.Changes;
                _position = _all.FirstAtOrAfter(watcher.NextRevision);
                _left = _all.End - _position;
            }
        }

        public KeyRevision? Next()
        {
            if (_ofKey is { } entry)
            {
                return NextOf(entry);
            }

            if (_left == 0)
            {
                return null;
            }

            _left--;
            return _all[_position++];
        }

        private KeyRevision? NextOf(KeyEntry entry)
        {
            if (_nextInWindow == _window.Count)
            {
                if (_left == 0)
                {
                    return null;
                }

                int count = (int)Math.Min(_left, WindowVersions);
                _left -= count;
                _window.Clear();
                _nextInWindow = 0;
                entry.AddVersions(_left, count, _window);
            }

            return _window[_nextInWindow++];
        }
    }
}
