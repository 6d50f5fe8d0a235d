using Quorate.KeyValue.Watches;

namespace Quorate.KeyValue.Tests.Watches;

/// <summary>
/// Random writes, deletions, transactions and compactions, published in random batches, against watchers that take at a
/// random pace out of tiny backlogs. The twin keeps a list of everything that ever happened.
/// </summary>
public class WatchTwinTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_watcher_hears_what_the_naive_twin_says_or_is_told_of_the_compaction(int seed) => new TwinRun(seed).Run(600);

    private sealed class TwinRun(int seed) : IWatcherOwner
    {
        private readonly Random _random = new(seed);
        private readonly KeyValueStore _store = new();
        private readonly List<(KeyValueEvent Change, string? Previous)> _everything = [];
        private readonly SortedDictionary<string, string> _present = new(StringComparer.Ordinal);
        private readonly List<Subject> _subjects = [];
        private readonly Dictionary<Watcher, Subject> _byWatcher = [];
        private WatchHub _hub = null!;
        private long _compactRevision;

        public void Run(int steps)
        {
            _hub = new WatchHub(_store.Current, new WatchHubOptions
            {
                WatcherBacklogBytesMax = 70 + _random.Next(500),
                CatchUpBytesMax = 1 + _random.Next(500),
                StepChangesMax = 1 + _random.Next(20),
            });
            for (int step = 0; step < steps; step++)
            {
                Step();
            }

            Publish();
            while (_hub.Deliver())
            {
            }

            foreach (Subject subject in _subjects)
            {
                do
                {
                    Take(subject);
                }
                while (subject.Ready);

                if (!subject.IsOver)
                {
                    subject.Through.ShouldBe(Math.Max(_store.Current.Revision, subject.Options.StartRevision - 1));
                }
            }
        }

        public void Signal(Watcher watcher)
        {
            // One that starts in the past is signalled before its subject is known here.
            if (_byWatcher.TryGetValue(watcher, out Subject? subject))
            {
                subject.Ready.ShouldBeFalse();
                subject.Ready = true;
            }
        }

        private void Step()
        {
            switch (_random.Next(20))
            {
                case < 8:
                    Write();
                    break;
                case < 11:
                    Publish();
                    break;
                case < 14:
                    _hub.Deliver();
                    break;
                case 14:
                    Watch();
                    break;
                case 15 when _random.Next(3) == 0:
                    Compact();
                    break;
                case 16 when _random.Next(8) == 0 && _subjects.Count > 0:
                    Subject removed = _subjects[_random.Next(_subjects.Count)];
                    _hub.Remove(removed.Watcher);
                    removed.IsOver = true;
                    break;
                case 17 when _random.Next(8) == 0:
                    // As if this member had been sent a snapshot.
                    _store.Load(new MemoryStream(_store.Current.Snapshot()));
                    break;
                default:
                    if (_subjects.Find(subject => subject.Ready && _random.Next(2) == 0) is { } ready)
                    {
                        Take(ready);
                    }

                    break;
            }
        }

        private void Write()
        {
            long revision = _store.Current.Revision + 1;
            using WriteTransaction transaction = _store.Begin();
            int sub = 0;
            for (int i = _random.Next(4); i >= 0; i--)
            {
                string key = $"k{_random.Next(12):00}";
                if (_everything.Exists(past => past.Change.Revision == revision && Bytes.Text(past.Change.Record.Key) == key))
                {
                    continue;
                }

                string? previous = _present.GetValueOrDefault(key);
                if (_random.Next(3) == 0)
                {
                    transaction.Delete(Bytes.Key(key));
                    if (_present.Remove(key))
                    {
                        Note(KeyValueEventKind.Delete, key, "", revision, sub++, previous);
                    }
                }
                else
                {
                    string value = $"{revision}-{sub}";
                    transaction.Put(Bytes.Of(key), Bytes.Of(value), 0);
                    _present[key] = value;
                    Note(KeyValueEventKind.Put, key, value, revision, sub++, previous);
                }
            }

            transaction.Commit();
        }

        private void Note(KeyValueEventKind kind, string key, string value, long revision, int sub, string? previous) =>
            _everything.Add((new KeyValueEvent(kind, new KeyValueRecord(Bytes.Of(key), Bytes.Of(value), 0, revision, 0, 0), sub), previous));

        private void Publish() => _hub.Publish(_store.Current);

        private void Watch()
        {
            long present = _store.Current.Revision;
            var keys = _random.Next(3) switch
            {
                0 => Bytes.All,
                1 => Bytes.Key($"k{_random.Next(12):00}"),
                _ => Bytes.Range($"k{_random.Next(6):00}", $"k{6 + _random.Next(6):00}"),
            };
            long start = Math.Max(1, present + 5 - _random.Next(30));
            var options = new WatcherOptions(keys, start, (WatchFilters)_random.Next(3), _random.Next(2) == 0);
            Watcher watcher = _hub.Add(options, this);
            var subject = new Subject(watcher) { Through = start - 1, Ready = watcher.State == WatcherState.Behind };
            _byWatcher.Add(watcher, subject);
            _subjects.Add(subject);
        }

        private void Compact()
        {
            long revision = _store.Current.Revision - _random.Next(10);
            if (revision > Math.Max(_compactRevision, 1))
            {
                _store.Compact(revision);
                _compactRevision = revision;
                while (_store.CollectGarbage(5))
                {
                }
            }
        }

        private void Take(Subject subject)
        {
            List<WatchEvent> taken = [];
            WatcherTake take = _hub.Take(subject.Watcher, taken);
            subject.Ready = take.Kind == WatcherTakeKind.More;
            if (subject.IsOver)
            {
                taken.ShouldBeEmpty();
                return;
            }

            if (take.Kind == WatcherTakeKind.Compacted)
            {
                take.Revision.ShouldBeInRange(subject.Through + 2, _compactRevision);
                subject.IsOver = true;
                return;
            }

            long through = Math.Max(take.Revision, subject.Options.StartRevision - 1);
            through.ShouldBeGreaterThanOrEqualTo(subject.Through);
            List<(KeyValueEvent Change, string? Previous)> expected = _everything.FindAll(past =>
                past.Change.Revision > subject.Through && past.Change.Revision <= through
                && subject.Options.Keys.Contains(past.Change.Record.Key.Span)
                && (subject.Options.Filters & (past.Change.Kind == KeyValueEventKind.Put ? WatchFilters.NoPut : WatchFilters.NoDelete)) == 0);
            taken.Select(Identity).ShouldBe(expected.Select(past => Identity(past.Change)));
            for (int i = 0; i < taken.Count; i++)
            {
                // What was replaced is told where it is asked for, unless a compaction came in between.
                if (taken[i].Previous is { } previous)
                {
                    Bytes.Text(previous.Value).ShouldBe(expected[i].Previous);
                }
                else if (subject.Options.WantsPrevious && expected[i].Previous is not null)
                {
                    taken[i].Revision.ShouldBeLessThanOrEqualTo(_compactRevision);
                }
            }

            subject.Through = through;
        }

        private static string Identity(WatchEvent change) => Identity(change.Change);

        private static string Identity(KeyValueEvent change) =>
            $"{change.Revision}.{change.Sub} {change.Kind} {Bytes.Text(change.Record.Key)}={Bytes.Text(change.Record.Value)}";
    }

    private sealed class Subject(Watcher watcher)
    {
        public Watcher Watcher { get; } = watcher;

        public WatcherOptions Options => Watcher.Options;

        public long Through { get; set; }

        public bool Ready { get; set; }

        public bool IsOver { get; set; }
    }
}
