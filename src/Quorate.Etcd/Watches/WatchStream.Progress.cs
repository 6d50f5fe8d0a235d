using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.Watches;

/// <content>How far the client has been told everything: said from time to time to watches that want it, and when the client asks.</content>
public sealed partial class WatchStream
{
    /// <summary>When watches that have heard nothing are told next.</summary>
    private TimeSpan _nextProgress;

    /// <summary>The revision that all watches must have reached for the client to be told; null when it does not ask.</summary>
    private long? _progressWanted;

    /// <summary>Until the hub is here, nothing about that can have changed but by what wakes the stream anyway.</summary>
    private long _progressAskedAgainAt;

    /// <summary>Tells those that want it, and have heard nothing else, how far they are.</summary>
    internal void Tick(TimeSpan now)
    {
        if (now < _nextProgress)
        {
            return;
        }

        _nextProgress = now + _member.Options.ProgressInterval;
        foreach (StreamWatch watch in _watches.Values)
        {
            if (watch.WantsProgress && !watch.HasHeard && IsTold(watch) && _answers.Count < _member.Options.StreamAnswersMax)
            {
                Answer(new WatchResponse { Header = _member.Header(Hub.Revision), WatchId = watch.Id });
            }

            watch.HasHeard = false;
        }
    }

    /// <summary>The hub has moved on: perhaps what the client waits for is reached.</summary>
    internal void AskAgain()
    {
        if (Hub.Revision >= _progressAskedAgainAt)
        {
            Tell();
        }
    }

    /// <summary>
    /// Whether its client has been told everything up to the hub's revision. One that begins with the next revision has:
    /// to go on after the present is what it asked for. One that begins later must not be told of what comes before.
    /// </summary>
    private bool IsTold(StreamWatch watch)
    {
#if QUORATE_MUTANTS
        if (Raft.Mutants.Is(Raft.Mutant.ProgressToldEarly))
        {
            return true;
        }
#endif
        return watch.Watcher.IsSynced && Hub.Revision >= watch.Watcher.Options.StartRevision - 1;
    }

    private void WantProgress()
    {
        _progressWanted = Math.Max(_progressWanted ?? 0, _member.History.Revision);
        _progressAskedAgainAt = _progressWanted.Value;
        _member.Wait(this, waits: true);
        Tell();
    }

    /// <summary>
    /// Told only when nothing of any watch waits, so that whoever has read this has read all that there was up to its
    /// revision; and to nobody who has a watch that begins later. A client without a watch is not told, as by etcd.
    /// </summary>
    private WatchMessage? Progress()
    {
        bool isEarly = false;
#if QUORATE_MUTANTS
        isEarly = Raft.Mutants.Is(Raft.Mutant.ProgressToldEarly);
#endif
        if (_progressWanted is null || (Hub.Revision < _progressWanted && !isEarly))
        {
            return null;
        }

        foreach (StreamWatch watch in _watches.Values)
        {
            if (!IsTold(watch))
            {
                // What waits was taken before this was asked, so it is one that begins later.
                _progressAskedAgainAt = watch.Watcher.Options.StartRevision - 1;
                return null;
            }
        }

        _progressWanted = null;
        _member.Wait(this, waits: false);
        return _watches.Count == 0
            ? null
            : new WatchMessage(new WatchResponse
            {
                Header = _member.Header(isEarly ? _member.History.Revision : Hub.Revision),
                WatchId = NoWatchId,
            });
    }
}
