using System.Collections.Concurrent;
using System.Diagnostics;
using Quorate.Io;
using Quorate.Raft;
using Quorate.Runtime;
using Quorate.Storage;

namespace Quorate.Bench.Engine;

/// <summary>The log of a member on a real disk, with one writer: stage a batch, submit, flush, repeat, all on one thread.</summary>
internal sealed class LogWriterAlone : ILogCompletion, IDisposable
{
    private const long KeptEntries = 20_000;

    private readonly InlineLane _lane = new();
    private readonly ThreadLane _background = new();
    private readonly MemberStorage _storage;
    private readonly Entry[] _entries;
    private readonly byte[] _command;
    private long _index;
    private long _compactedIndex;
    private bool _isDurable;

    public LogWriterAlone(string folder, int commandBytes, int batchEntries = 1)
    {
        _entries = new Entry[batchEntries];
        _command = new byte[commandBytes];
        _storage = MemberStorage.Open(
            new SystemDisk(folder), _lane, _background, 1, new MemberIdentity(1, 1), new StorageOptions());
    }

    public void Run(TimeSpan duration, LatencyCounts latencies)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            long began = Stopwatch.GetTimestamp();
            Append();
            latencies.Add(Stopwatch.GetElapsedTime(began));
        }
    }

    /// <summary>Writes and flushes one batch.</summary>
    public void Append()
    {
        for (int i = 0; i < _entries.Length; i++)
        {
            _entries[i] = new Entry(1, ++_index, EntryKind.Command, _command);
        }

        _storage.Log.StageEntries(_entries);
        _isDurable = false;
        _storage.Log.Submit(this);
        while (!_isDurable)
        {
            _lane.RunOne();
        }

        _background.Complete();
        if (_index - _compactedIndex >= 2 * KeptEntries)
        {
            _compactedIndex = _index - KeptEntries;
            _storage.CompactLog(_compactedIndex);
        }
    }

    public void Completed(StorageException? error) => _isDurable = error is null ? true : throw error;

    public void Dispose()
    {
        _background.Wait();
        _storage.Dispose();
    }

    /// <summary>Runs the log's work where the writer stands: no hand-over to another thread is part of the figure.</summary>
    private sealed class InlineLane : IWorkLane
    {
        private readonly Queue<IWork> _works = new();

        public void Submit(IWork work) => _works.Enqueue(work);

        public void RunOne()
        {
            IWork work = _works.Dequeue();
            while (!work.Step())
            {
            }

            work.Completed(null);
        }
    }

    /// <summary>Segments are prepared beside the log, as in a member.</summary>
    private sealed class ThreadLane : IWorkLane
    {
        private readonly ConcurrentQueue<IWork> _done = new();
        private Task _last = Task.CompletedTask;

        public void Submit(IWork work) => _last = _last.ContinueWith(
            _ =>
            {
                while (!work.Step())
                {
                }

                _done.Enqueue(work);
            },
            TaskScheduler.Default);

        public void Complete()
        {
            while (_done.TryDequeue(out IWork? work))
            {
                work.Completed(null);
            }
        }

        public void Wait() => _last.Wait();
    }
}
