using Quorate.KeyValue.Watches;

namespace Quorate.Etcd.Watches;

/// <summary>A watch of something in the process.</summary>
public sealed class KeyWatch : IWatcherOwner
{
    private readonly MemberWatches _member;
    private readonly IKeyWatcher _listener;
    private readonly List<WatchEvent> _taken = [];
    private Watcher? _watcher;

    internal KeyWatch(MemberWatches member, IKeyWatcher listener)
    {
        _member = member;
        _listener = listener;
    }

    /// <summary>Ends it: nothing more comes once this has returned, unless it is called from within a call.</summary>
    public void Cancel()
    {
        _member.Gate.Enter();
        try
        {
            if (_watcher is not null)
            {
                _member.Hub.Remove(_watcher);
            }
        }
        finally
        {
            _member.Gate.Exit();
        }
    }

    void IWatcherOwner.Signal(Watcher watcher) => _member.PutOff(this);

    internal void Begin(in WatcherOptions options) => _watcher = _member.Hub.Add(options, this);

    /// <summary>Tells a step of what there is; whether there is more.</summary>
    internal bool Tell()
    {
        _taken.Clear();
        WatcherTake take = _member.Hub.Take(_watcher!, _taken);
        if (_taken.Count > 0)
        {
            _listener.Changed(_taken, take.Revision);
        }

        if (take.Kind == WatcherTakeKind.Compacted)
        {
            _listener.Compacted(take.Revision);
        }

        return take.Kind == WatcherTakeKind.More;
    }
}
