using Quorate.Raft.Messages;

namespace Quorate.Raft;

/// <content>What leaves, and when: durable before promised (spec R3, E2, L4).</content>
public sealed partial class RaftNode
{
    private RaftOutput _pending = new();
    private RaftOutput _taken = new();

    /// <summary>Entries up to here were handed out to be written.</summary>
    private long _writtenIndex;

    /// <summary>Term and vote as they were last handed out to be written.</summary>
    private HardState _writtenHardState;

    private long _handedOutIndex;

    private HardState CurrentHardState => new(CurrentTerm, VotedFor);

    /// <summary>What there is to do; valid until the next call of this method.</summary>
    public RaftOutput TakeOutput()
    {
        if (IsLeader)
        {
            SendToFollowers();
        }
        else
        {
            SendForwardedReads();
        }

        TakeWrites();
        TakeCommitted();
        (_pending, _taken) = (_taken, _pending);
        _pending.Clear();
        return _taken;
    }

    /// <summary>
    /// Sends what promises nothing that is not on disk, save the sender's term: that is told once it is (spec R3).
    /// </summary>
    private void Send(Message message)
    {
        if (_writes.DurableHardState.CurrentTerm == CurrentTerm)
        {
            _pending.Messages.Add(message);
        }
        else
        {
            SendOnceDurable(message);
        }
    }

    /// <summary>Sends what promises the present term, vote or log: it leaves when they are on disk.</summary>
    /// <remarks>
    /// While the disk hangs nothing more is put behind what waits for it already, or the queue would grow with every
    /// heartbeat. It is as if the network had lost the message: whoever misses the answer asks again.
    /// </remarks>
    private void SendOnceDurable(Message message)
    {
        if (!IsDiskStalled)
        {
            _pending.MessagesOnceDurable.Add(message);
        }
    }

    private void TakeWrites()
    {
        if (CurrentHardState != _writtenHardState)
        {
            _pending.HardState = CurrentHardState;
            _writtenHardState = CurrentHardState;
        }

        AddSlices(_pending.Entries, _writtenIndex + 1, _log.LastIndex);
        _writtenIndex = _log.LastIndex;
        _pending.Mark = new WriteMark(CurrentHardState, _log.Last);
        if (_pending.MustWrite)
        {
            _writes.Started(_pending.Mark);
        }
    }

    /// <summary>
    /// Hands out what is committed by the cluster <b>and</b> on this server's own disk. A majority may hold an entry
    /// before this server's flush is through; were it applied here at once, a crash could bring the server back with a
    /// state, or an applied index that it had shown to clients, ahead of its log.
    /// </summary>
    /// <remarks>While a received snapshot is being loaded nothing is: the state machine is about to be replaced.</remarks>
    private void TakeCommitted()
    {
        if (_installing is not null)
        {
            return;
        }

        long last = Math.Min(CommitIndex, _writes.DurableIndex);
        if (last > _handedOutIndex)
        {
            AddSlices(_pending.Committed, _handedOutIndex + 1, last);
            _handedOutIndex = last;
        }
    }

    private void AddSlices(List<ReadOnlyMemory<Entry>> parts, long from, long to)
    {
        while (from <= to)
        {
            ReadOnlyMemory<Entry> part = _log.Slice(from, to);
            parts.Add(part);
            from += part.Length;
        }
    }
}
