using System.Diagnostics;
using System.Globalization;

namespace Quorate.Runtime;

/// <summary>
/// Lets one message of a kind through in an interval, so that a peer that dials in vain twice a second, or a port
/// scanner, cannot fill a log.
/// </summary>
internal sealed class RepeatedLog
{
    /// <summary>Kinds remembered. Beyond it all are forgotten: some messages then appear once more.</summary>
    public const int KindsMax = 1_024;

    private readonly TimeSpan _interval;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long LoggedAt, long Suppressed)> _kinds_NeedsGate = new(StringComparer.Ordinal);

    public RepeatedLog(TimeSpan interval)
    {
        _interval = interval;
    }

    /// <summary>Whether to log now, and how many of the kind were kept back since the last that was logged.</summary>
    public bool MayLog(string kind, out long suppressed)
    {
        lock (_gate)
        {
            if (_kinds_NeedsGate.TryGetValue(kind, out (long LoggedAt, long Suppressed) known)
                && Stopwatch.GetElapsedTime(known.LoggedAt) < _interval)
            {
                _kinds_NeedsGate[kind] = (known.LoggedAt, known.Suppressed + 1);
                suppressed = 0;
                return false;
            }

            if (_kinds_NeedsGate.Count >= KindsMax)
            {
                _kinds_NeedsGate.Clear();
            }

            suppressed = known.Suppressed;
            _kinds_NeedsGate[kind] = (Stopwatch.GetTimestamp(), 0);
            return true;
        }
    }

    /// <summary>What to put behind a message for those that were kept back; nothing if there were none.</summary>
    public static string More(long suppressed) =>
        suppressed == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" ({suppressed} more since the last such line)");

    /// <summary>The next message of that kind is news again.</summary>
    public void Forget(string kind)
    {
        lock (_gate)
        {
            _kinds_NeedsGate.Remove(kind);
        }
    }
}
