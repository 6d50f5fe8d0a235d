using Quorate.Io;
using Quorate.Raft;
using Quorate.Raft.Messages;
using Quorate.Storage;

namespace Quorate.Replica.Parts;

/// <summary>
/// Hands what the algorithm wants written to the log, and keeps what may only happen once that is durable. While a flush
/// runs, the log gathers everything that comes for the next one, so a busy replica flushes few large batches.
/// </summary>
internal sealed class LogWriter
{
    private readonly WriteAheadLog _log;
    private readonly IClock _clock;
    private readonly ReplicaCounters _counters;
    private readonly Action<WriteMark?, List<Message>> _durable;
    private readonly Action<string, Exception> _failed;
    private readonly Stack<Step> _free = new();
    private long _batchesCounted;

    public LogWriter(
        WriteAheadLog log,
        IClock clock,
        ReplicaCounters counters,
        Action<WriteMark?, List<Message>> durable,
        Action<string, Exception> failed)
    {
        _log = log;
        _clock = clock;
        _counters = counters;
        _durable = durable;
        _failed = failed;
        _batchesCounted = log.BatchesFlushed;
    }

    /// <summary>Whether the log can take more: otherwise new commands are refused.</summary>
    public bool IsCongested => _log.IsCongested;

    /// <summary>Takes over the batch; its messages leave once it, and all before it, is durable.</summary>
    public void Write(RaftOutput output)
    {
        long bytes = 0;
        if (output.ReplacedBySnapshot is { } snapshot)
        {
            _log.StageReset(snapshot);
        }

        if (output.HardState is { } hardState)
        {
            _log.StageHardState(hardState);
        }

        foreach (ReadOnlyMemory<Entry> entries in output.Entries)
        {
            _log.StageEntries(entries);
            foreach (ref readonly Entry entry in entries.Span)
            {
                bytes += entry.Command.Length;
            }
        }

        Step step = _free.TryPop(out Step? free) ? free : new Step(this);
        step.Mark = output.MustWrite ? output.Mark : null;
        step.Bytes = bytes;
        step.Began = _clock.Now;
        step.Messages.AddRange(output.MessagesOnceDurable);
        if (!_log.Submit(step))
        {
            step.End();
        }
    }

    /// <summary>A batch holds what was handed in while the one before was being flushed. The first of that has waited longest.</summary>
    private void Count(Step step)
    {
        if (_batchesCounted != _log.BatchesFlushed)
        {
            _batchesCounted = _log.BatchesFlushed;
            _counters.BatchFlushed(_clock.Now - step.Began);
        }

        _counters.BytesFlushed(step.Bytes);
    }

    private sealed class Step(LogWriter writer) : ILogCompletion
    {
        public WriteMark? Mark { get; set; }

        public long Bytes { get; set; }

        public TimeSpan Began { get; set; }

        public List<Message> Messages { get; } = [];

        public void Completed(StorageException? error)
        {
            if (error is not null)
            {
                writer._failed("writing the log failed", error);
                return;
            }

            writer.Count(this);
            End();
        }

        public void End()
        {
            writer._durable(Mark, Messages);
            Messages.Clear();
            writer._free.Push(this);
        }
    }
}
