using Quorate.Io;
using Quorate.Raft;
using Quorate.Storage;

namespace Quorate.Replica.Parts;

/// <summary>
/// Takes snapshots of the own state (paper §7, spec S1): captured in constant time on the loop, written beside it, one at
/// a time; then the log on disk is cut.
/// </summary>
internal sealed class SnapshotTaker(
    ReplicaOptions options,
    RaftNode algorithm,
    MemoryLog memoryLog,
    MemberStorage storage,
    IStateMachine stateMachine,
    IClock clock,
    IReplicaListener listener,
    ReplicaCounters counters,
    DiskRoom room,
    Func<bool> isRunning,
    Action<string, Exception> failed)
{
    /// <summary>A snapshot of so many bytes more than the log has grown by is taken without regard to what it costs.</summary>
    private const long CheapBytes = 1 << 20;

    private LogPosition _last;
    private long _lastBytes; // applied until then
    private long _lastLength; // of the file
    private bool _isWriting;

    private bool _isRequested;
    private bool _mayBeOfTheSamePosition;

    /// <summary>Somebody wants one: whoever asked for it, or a follower that no other would help.</summary>
    public bool IsRequested => _isRequested || algorithm.WantsSnapshot;

    /// <summary>The last entry in the snapshot that is being written; null while none is.</summary>
    public long? WritingIndex => _isWriting ? _last.Index : null;

    /// <summary>A snapshot at that position is there: counting begins anew.</summary>
    public void Begin(SnapshotMetadata last, long appliedBytes)
    {
        Begin(last.LastIncluded, appliedBytes);
        _lastLength = last.Length;
    }

    public void Request() => _isRequested = true;

    /// <summary>The last one turned out damaged: another takes its place, even if nothing has been applied since.</summary>
    public void RequestAnother()
    {
        _isRequested = true;
        _mayBeOfTheSamePosition = true;
    }

    /// <summary>Takes one if it is time for one.</summary>
    public void Consider(LogPosition applied, long appliedBytes)
    {
        if (_isWriting || room.IsShort || !(IsRequested || IsDue(options, applied.Index - _last.Index, appliedBytes - _lastBytes, _lastLength)))
        {
            return;
        }

        _isRequested = false;
        if (applied.Index < _last.Index || (applied.Index == _last.Index && !_mayBeOfTheSamePosition))
        {
            return;
        }

        Take(applied, appliedBytes);
    }

    /// <summary>
    /// Whether what was applied since the last one is worth another. Many small entries wait until they weigh as much as
    /// the state itself, so that writing snapshots at most doubles what is written (thesis §5.1.3). A large state does not
    /// wait until the log has grown as large: a start would take too long.
    /// </summary>
    /// <param name="options">How often, and how much at most.</param>
    /// <param name="entries">Applied since the last one.</param>
    /// <param name="logBytes">Bytes of their commands.</param>
    /// <param name="lastLength">Bytes of the last one; zero where there is none.</param>
    internal static bool IsDue(ReplicaOptions options, long entries, long logBytes, long lastLength) =>
        logBytes >= Math.Max(options.SnapshotEveryLogBytes, lastLength / 2)
        || (entries >= options.SnapshotEveryEntries && logBytes + CheapBytes >= lastLength);

    private void Begin(LogPosition last, long appliedBytes)
    {
        _last = last;
        _lastBytes = appliedBytes;
    }

    private void Take(LogPosition applied, long appliedBytes)
    {
        _isWriting = true;
        (LogPosition last, long lastBytes, bool takesPlace) = (_last, _lastBytes, _mayBeOfTheSamePosition);
        _mayBeOfTheSamePosition = false;
        Begin(applied, appliedBytes);
        LogPosition began = _last;
        TimeSpan start = clock.Now;
        listener.SnapshotStarted(applied);
        IStateMachineSnapshot state = stateMachine.TakeSnapshot();
#if QUORATE_MUTANTS
        if (Mutants.Is(Mutant.SnapshotIndexApartFromState) && algorithm.Log.TryGetTerm(applied.Index - 1, out long termBefore))
        {
            applied = new LogPosition(termBefore, applied.Index - 1);
        }
#endif
        storage.Snapshots.Write(applied, algorithm.ConfigurationAt(applied.Index), state.Write(), (snapshot, error) =>
        {
            _isWriting = false;
            state.Dispose();
            if (!isRunning())
            {
                return;
            }

            if (error is FoundNoRoomException full)
            {
                room.NotFound(full);
                _isRequested = true; // whatever it was taken for
                _mayBeOfTheSamePosition |= takesPlace;
                if (_last == began) // and no snapshot of the leader has come meanwhile
                {
                    Begin(last, lastBytes);
                }

                return;
            }

            if (error is not null || snapshot is null)
            {
                failed("writing a snapshot failed", error ?? new InvalidOperationException("no snapshot and no error"));
                return;
            }

            Taken(snapshot, appliedBytes, clock.Now - start);
        });
    }

    private void Taken(SnapshotMetadata snapshot, long appliedBytes, TimeSpan duration)
    {
        // One from the leader may have overtaken it.
        long index = snapshot.LastIncluded.Index;
        if (algorithm.Snapshot is { } newest && newest.LastIncluded.Index > index)
        {
            return;
        }

        _lastLength = snapshot.Length;
        algorithm.SnapshotTaken(snapshot);
        storage.CompactLog(memoryLog.FirstKept(index, appliedBytes) - 1);
        counters.SnapshotTaken();
        listener.SnapshotTaken(snapshot, duration);
    }
}
