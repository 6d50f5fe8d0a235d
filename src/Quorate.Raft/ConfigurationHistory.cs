namespace Quorate.Raft;

/// <summary>
/// Which configuration is in effect: the latest in the log, committed or not (paper §6). It is known by index so that a
/// truncation brings the earlier one back, and a snapshot takes the one that held at its last entry (bugs of forgotten
/// and stale configurations begin where only the newest is kept).
/// </summary>
internal sealed class ConfigurationHistory
{
    /// <summary>By ascending index; the first holds at the start of the log, so there is always one.</summary>
    private readonly List<(long Index, Configuration Configuration)> _history = [];

    public ConfigurationHistory(long index, Configuration configuration) => _history.Add((index, configuration));

    public Configuration Latest => _history[^1].Configuration;

    /// <summary>The configuration that held at an index.</summary>
    public Configuration At(long index)
    {
        for (int i = _history.Count - 1; i > 0; i--)
        {
            if (_history[i].Index <= index)
            {
                return _history[i].Configuration;
            }
        }

        return _history[0].Configuration;
    }

    public void Append(long index, Configuration configuration) => _history.Add((index, configuration));

    /// <summary>A snapshot has replaced everything.</summary>
    public void Reset(long index, Configuration configuration)
    {
        _history.Clear();
        _history.Add((index, configuration));
    }

    /// <summary>The log was cut. Returns whether another configuration is now in effect.</summary>
    public bool TruncateAfter(long lastKept)
    {
        int kept = _history.Count;
        while (kept > 1 && _history[kept - 1].Index > lastKept)
        {
            kept--;
        }

        bool changed = kept < _history.Count;
        _history.RemoveRange(kept, _history.Count - kept);
        return changed;
    }

    /// <summary>Nothing before an index is asked for any more.</summary>
    public void CompactBefore(long index)
    {
        int obsolete = 0;
        while (obsolete + 1 < _history.Count && _history[obsolete + 1].Index <= index)
        {
            obsolete++;
        }

        _history.RemoveRange(0, obsolete);
    }
}
