using Quorate.KeyValue.Events;

namespace Quorate.KeyValue.Watches;

/// <summary>
/// Brings the changes of published versions to watchers: each in order, each once, those of a revision together.
/// </summary>
/// <remarks>
/// <para>Pure: no thread, task or clock. One caller at a time.</para>
/// <para>A watcher is live or behind. A <em>live</em> one is in the index, and <see cref="Deliver"/> puts changes into its
/// backlog, which is bounded; where one would not fit, the watcher falls behind from that revision on. One that is
/// <em>behind</em> is in no index and costs nothing: <see cref="Take"/> reads history for it, a step at a time.</para>
/// <para>The seam: every live watcher has been offered everything up to <see cref="Revision"/>, and nothing above.
/// History is read up to the same revision, no further, and in the call that gets there the watcher becomes live. So
/// nothing is lost or doubled.</para>
/// </remarks>
public sealed class WatchHub
{
    private readonly WatchHubOptions _options;
    private readonly WatcherIndex _index = new();
    private readonly WatchHistory _history;
    private readonly List<WatcherGroup> _found = [];
    private readonly List<Watcher> _signals = [];
    private bool _isSignalling;

    /// <summary>A hub that delivers what comes after a version.</summary>
    public WatchHub(StoreHistory version, WatchHubOptions options)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _history = new WatchHistory(options);
        Version = version;
        Revision = version.Revision;
    }

    /// <summary>The newest version that was published here.</summary>
    public StoreHistory Version { get; private set; }

    /// <summary>Changes up to here have been delivered.</summary>
    public long Revision { get; private set; }

    /// <summary>Watchers.</summary>
    public int WatcherCount { get; private set; }

    /// <summary>Watchers that are behind.</summary>
    public int BehindCount => WatcherCount - _index.Count;

    /// <summary>Events in the backlogs of all watchers.</summary>
    public long BacklogEvents { get; private set; }

    /// <summary>Events that were taken so far.</summary>
    public long EventsTaken { get; private set; }

    /// <summary>Hands in a newer version. In constant time: its changes wait for <see cref="Deliver"/>.</summary>
    public void Publish(StoreHistory version)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (version.Revision < Version.Revision)
        {
            throw new ArgumentException($"revision {version.Revision} is published after {Version.Revision}", nameof(version));
        }

#if QUORATE_MUTANTS
        if (AppContext.GetData("Quorate.Mutant") is "EventsRepeatedAfterSnapshot" && version.Revision > Version.Revision + 20)
        {
            Revision = Math.Max(version.CompactRevision, Revision - 10);
        }
#endif
        Version = version;
    }

    /// <summary>Delivers a bounded number of changes, in whole revisions.</summary>
    /// <returns>Whether more wait.</returns>
    public bool Deliver()
    {
        if (_index.Count > 0 && Revision < Version.Revision)
        {
            if (IsNextGone())
            {
                LeaveToHistory();
            }

            DeliverStep();
            SendSignals();
        }
        else
        {
            Revision = Version.Revision;
        }

        return Revision < Version.Revision;
    }

    /// <summary>Adds a watcher. Its owner is signalled when there is something to take, which may be at once.</summary>
    public Watcher Add(in WatcherOptions options, IWatcherOwner owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        var watcher = new Watcher(options, owner);
        WatcherCount++;
        if (options.StartRevision > Revision)
        {
            Attach(watcher);
        }
        else
        {
            watcher.State = WatcherState.Behind;
            Signal(watcher);
            SendSignals();
        }

        return watcher;
    }

    /// <summary>Ends a watcher; what waited for it is dropped. Nothing happens to one that has ended.</summary>
    public void Remove(Watcher watcher)
    {
        ArgumentNullException.ThrowIfNull(watcher);
        if (watcher.State == WatcherState.Ended)
        {
            return;
        }

        if (watcher.State == WatcherState.Live)
        {
            _index.Remove(watcher);
        }

        BacklogEvents -= watcher.BacklogCount;
        watcher.ClearBacklog();
        watcher.State = WatcherState.Ended;
        WatcherCount--;
        ForgetUnlessBehind();
    }

    /// <summary>
    /// Takes what waits for a watcher, in whole revisions: its backlog, or when that is empty and it is behind, the next
    /// step of history.
    /// </summary>
    /// <param name="watcher">The watcher.</param>
    /// <param name="taken">Where events are added, in order.</param>
    public WatcherTake Take(Watcher watcher, List<WatchEvent> taken)
    {
        ArgumentNullException.ThrowIfNull(watcher);
        ArgumentNullException.ThrowIfNull(taken);
        if (watcher.State == WatcherState.Ended)
        {
            return new WatcherTake(WatcherTakeKind.Drained, Revision);
        }

        int before = taken.Count;
        WatcherTake take;
        if (watcher.BacklogCount > 0)
        {
            BacklogEvents -= watcher.BacklogCount;
            watcher.MoveBacklogTo(taken);
            take = watcher.State == WatcherState.Live
                ? new WatcherTake(WatcherTakeKind.Drained, Revision)
                : new WatcherTake(WatcherTakeKind.More, watcher.NextRevision - 1);
        }
        else
        {
            take = watcher.State == WatcherState.Live
                ? new WatcherTake(WatcherTakeKind.Drained, Revision)
                : ReadHistory(watcher, taken);
        }

        EventsTaken += taken.Count - before;
        watcher.IsSignalled = take.Kind == WatcherTakeKind.More;
        return take;
    }

    /// <summary>
    /// A compaction alone takes nothing from those who are live: what it dropped is in the log of changes until its memory
    /// is freed, and delivery is rarely further behind than that. A snapshot has nothing from before its compact revision.
    /// </summary>
    private bool IsNextGone()
    {
        long next = Revision + 1;
        if (next >= Version.CompactRevision)
        {
            return false;
        }

        // No revision is without a change, so one that is there begins the log or follows what does.
        EventLogView changes = Version.Changes;
        long position = changes.FirstAtOrAfter(next);
        return position == changes.End || changes[position].ModRevision != next;
    }

    private void DeliverStep()
    {
        EventLogView changes = Version.Changes;
        long position = changes.FirstAtOrAfter(Revision + 1);
        long stop = Math.Min(changes.End, position + _options.StepChangesMax);
        long delivered = Revision;
        int offers = 0;
        for (; position < changes.End; position++)
        {
            KeyRevision change = changes[position];
            if ((position >= stop || offers >= _options.StepOffersMax) && change.ModRevision != delivered)
            {
                break;
            }

            delivered = change.ModRevision;
            offers += Offer(change);
        }

        Revision = position < changes.End ? delivered : Version.Revision;
    }

    /// <summary>Offers a change to all who want it; how many those are.</summary>
    private int Offer(KeyRevision change)
    {
        int offers = 0;
        _found.Clear();
        _index.Find(change.Key, _found);
        WatchEvent? shared = null;
        foreach (WatcherGroup group in _found)
        {
            // Backwards, since one that falls behind leaves the group.
            for (int place = group.Count - 1; place >= 0; place--)
            {
                Watcher watcher = group[place];
                if (change.ModRevision >= watcher.NextRevision
                    && watcher.Options.Admits(change.IsTombstone ? KeyValueEventKind.Delete : KeyValueEventKind.Put))
                {
                    Offer(watcher, shared ??= new WatchEvent(KeyValueEvent.From(change)), change);
                    offers++;
                }
            }
        }

        return offers;
    }

    private void Offer(Watcher watcher, WatchEvent change, KeyRevision written)
    {
        bool withPrevious = watcher.Options.WantsPrevious;
        if (withPrevious)
        {
            change.LookUpPrevious(Version, written);
        }

        int sizeBytes = change.SizeBytes(withPrevious);
        if (watcher.BacklogBytes + sizeBytes > _options.WatcherBacklogBytesMax)
        {
            FallBehind(watcher, change.Revision);
        }
        else
        {
            watcher.Add(change, sizeBytes);
            BacklogEvents++;
            Signal(watcher);
        }
    }

    private void FallBehind(Watcher watcher, long revision)
    {
        _index.Remove(watcher);
        BacklogEvents -= watcher.DropFrom(revision);
        watcher.State = WatcherState.Behind;
        watcher.NextRevision = revision;
        Signal(watcher);
    }

    private void Attach(Watcher watcher)
    {
        watcher.State = WatcherState.Live;
        _index.Add(watcher);
    }

    /// <summary>
    /// A snapshot came that begins after what was delivered. Whoever misses something by that falls behind, where it
    /// finds that the history is gone.
    /// </summary>
    private void LeaveToHistory()
    {
        List<Watcher> watchers = new(_index.Count);
        _index.CopyTo(watchers);
        foreach (Watcher watcher in watchers)
        {
            long next = Math.Max(watcher.NextRevision, Revision + 1);
            if (next < Version.CompactRevision)
            {
                FallBehind(watcher, next);
            }
        }

        Revision = Version.CompactRevision - 1;
    }

    private WatcherTake ReadHistory(Watcher watcher, List<WatchEvent> taken)
    {
        if (watcher.NextRevision < Version.CompactRevision)
        {
#if QUORATE_MUTANTS
            if (AppContext.GetData("Quorate.Mutant") is "CompactedWatcherNotCancelled")
            {
                watcher.NextRevision = Version.CompactRevision;
                return new WatcherTake(WatcherTakeKind.More, watcher.NextRevision - 1);
            }
#endif
            Remove(watcher);
            return new WatcherTake(WatcherTakeKind.Compacted, Version.CompactRevision);
        }

        long read = _history.Read(watcher, Version, Revision, taken, keepsForOthers: BehindCount > 1);
        watcher.NextRevision = read + 1;
        if (read < Revision)
        {
            return new WatcherTake(WatcherTakeKind.More, read);
        }

        Attach(watcher);
        ForgetUnlessBehind();
        return new WatcherTake(WatcherTakeKind.Drained, Revision);
    }

    /// <summary>What was kept for others who are behind is of no use once nobody is.</summary>
    private void ForgetUnlessBehind()
    {
        if (BehindCount == 0)
        {
            _history.Forget();
        }
    }

    private void Signal(Watcher watcher)
    {
        if (!watcher.IsSignalled)
        {
            watcher.IsSignalled = true;
            _signals.Add(watcher);
        }
    }

    /// <summary>Owners may call back, and so cause more signals.</summary>
    private void SendSignals()
    {
        if (_isSignalling)
        {
            return;
        }

        _isSignalling = true;
        for (int i = 0; i < _signals.Count; i++)
        {
            _signals[i].Owner.Signal(_signals[i]);
        }

        _signals.Clear();
        _isSignalling = false;
    }
}
