using Google.Protobuf;
using Quorate.Etcd.Protocol;
using FilterType = Quorate.Etcd.Protocol.WatchCreateRequest.Types.FilterType;

namespace Quorate.Simulation.Checking.Watches;

/// <summary>
/// What etcd promises of a watch, by its names (etcd's API guarantees): ordered, unique, atomic, reliable, resumable,
/// bookmarkable; and that each event is of the watch's range, passes its filters and has the fields that were committed.
/// </summary>
public static class WatchContract
{
    /// <summary>Events come in order of revision.</summary>
    public const string Ordered = "watch: ordered";

    /// <summary>No event comes twice.</summary>
    public const string Unique = "watch: unique";

    /// <summary>Events of one revision come in one response.</summary>
    public const string Atomic = "watch: atomic";

    /// <summary>Between two events that came, none is left out.</summary>
    public const string Reliable = "watch: reliable";

    /// <summary>A watch that was broken and goes on from where it was hears everything from there on, or that it is compacted.</summary>
    public const string Resumable = "watch: resumable";

    /// <summary>Progress is told only when everything up to its revision has been.</summary>
    public const string Bookmarkable = "watch: bookmarkable";

    /// <summary>Only what was asked for comes, as it was committed.</summary>
    public const string Faithful = "watch: faithful";

    /// <summary>Checks all that a client heard of one watch.</summary>
    /// <exception cref="PropertyViolatedException">It was promised something else.</exception>
    public static void Require(EventHistory history, WatchRecord watch)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(watch);
        if (watch.Request.StartRevision > 0)
        {
            new Walk(history, watch).Run();
        }
    }

    private sealed class Walk
    {
        private readonly WatchRecord _watch;
        private readonly WatchCreateRequest _request;
        private readonly List<Event> _expected = [];
        private int _next;
        private long _bookmark;
        private bool _isResumed;
        private bool _isInFragments;

        public Walk(EventHistory history, WatchRecord watch)
        {
            _watch = watch;
            _request = watch.Request;
            foreach (Event change in history.Events)
            {
                if (change.Kv.ModRevision >= _request.StartRevision && IsWanted(change))
                {
                    _expected.Add(change);
                }
            }
        }

        public void Run()
        {
            foreach ((bool isResumed, WatchResponse response) in _watch.Responses)
            {
                _isResumed |= isResumed;
                if (response.Canceled)
                {
                    Cancelled(response);
                }
                else if (response.Events.Count > 0)
                {
                    foreach (Event change in response.Events)
                    {
                        Heard(change);
                    }

                    _isInFragments = response.Fragment;
                    RequireWholeRevision();
                    _isResumed = false;
                }
                else if (!response.Created)
                {
                    Progress(response.Header.Revision);
                }
            }
        }

        private void Heard(Event change)
        {
            Event? last = _next > 0 ? _expected[_next - 1] : null;
            if (!IsWanted(change))
            {
                throw Violated(Faithful, $"it was not asked for: {change}");
            }

            if (_expected.FindIndex(0, _next, past => IsSame(past, change)) >= 0)
            {
                throw Violated(Unique, $"it came before: {change}");
            }

            if (last is not null && change.Kv.ModRevision < last.Kv.ModRevision)
            {
                throw Violated(Ordered, $"{change} came after {last}");
            }

            if (change.Kv.ModRevision <= _bookmark)
            {
                throw Violated(Bookmarkable, $"it came after revision {_bookmark} was told as complete: {change}");
            }

            if (_next == _expected.Count || !IsSame(_expected[_next], change))
            {
                int place = _expected.FindIndex(_next, later => IsSame(later, change));
                throw place < 0
                    ? Violated(Faithful, $"nothing of the kind was committed: {change}")
                    : _expected[_next].Kv.ModRevision == last?.Kv.ModRevision
                        ? Violated(Atomic, $"revision {last.Kv.ModRevision} lacks {_expected[_next]}, and {change} came")
                        : Violated(_isResumed ? Resumable : Reliable, $"{_expected[_next]} did not come, and {change} did");
            }

            Event committed = _expected[_next++];
            if (!change.Kv.Equals(committed.Kv) || (change.PrevKv is not null && (!_request.PrevKv || !change.PrevKv.Equals(committed.PrevKv))))
            {
                throw Violated(Faithful, $"{committed} was committed, and {change} came");
            }
        }

        private void RequireWholeRevision()
        {
            if (!_isInFragments && _next > 0 && _next < _expected.Count
                && _expected[_next].Kv.ModRevision == _expected[_next - 1].Kv.ModRevision)
            {
                throw Violated(Atomic, $"{_expected[_next]} did not come together with {_expected[_next - 1]}");
            }
        }

        private void Progress(long revision)
        {
            if (_next < _expected.Count && _expected[_next].Kv.ModRevision <= revision)
            {
                throw Violated(Bookmarkable, $"revision {revision} was told as complete, and {_expected[_next]} had not come");
            }

            _bookmark = Math.Max(_bookmark, revision);
        }

        /// <summary>No watch ends by itself, unless something that it has not told is gone.</summary>
        private void Cancelled(WatchResponse response)
        {
            long next = Math.Max(_request.StartRevision, Math.Max(_bookmark, _next > 0 ? _expected[_next - 1].Kv.ModRevision : 0) + 1);
            if (response.CompactRevision <= 0)
            {
                throw Violated(Reliable, $"it was cancelled: {response.CancelReason}");
            }

            if (response.CompactRevision <= _request.StartRevision || (_next == _expected.Count && response.CompactRevision < next))
            {
                throw Violated(Reliable, $"it was cancelled for the compaction of {response.CompactRevision}, and needs nothing before {next}");
            }
        }

        private bool IsWanted(Event change)
        {
            ByteString key = change.Kv.Key;
            bool isInRange = _request.RangeEnd.IsEmpty
                ? key == _request.Key
                : key.Span.SequenceCompareTo(_request.Key.Span) >= 0 && key.Span.SequenceCompareTo(_request.RangeEnd.Span) < 0;
            return isInRange && !_request.Filters.Contains(
                change.Type == Event.Types.EventType.Put ? FilterType.Noput : FilterType.Nodelete);
        }

        private static bool IsSame(Event one, Event other) =>
            one.Type == other.Type && one.Kv.ModRevision == other.Kv.ModRevision && one.Kv.Key == other.Kv.Key;

        private PropertyViolatedException Violated(string property, string text) =>
            new(property, $"in the watch {_request}: {text}");
    }
}
