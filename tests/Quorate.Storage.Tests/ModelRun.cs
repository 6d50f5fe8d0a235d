using Quorate.Raft;
using Quorate.Simulation.Disk;
using static Quorate.Storage.Tests.StorageHarness;

namespace Quorate.Storage.Tests;

/// <summary>
/// Drives a storage as a replica would, at random, over many lives, beside a naive model. Whenever the storage is
/// opened again it must hold a state that the model allows: one that was submitted, no older than the last one
/// acknowledged, and a snapshot no older than the last one acknowledged.
/// </summary>
internal sealed class ModelRun
{
    private readonly SeededRandom _random;
    private readonly StorageHarness _member;

    /// <summary>States in the order submitted; those before <see cref="_durable"/> can not be the disk's any more.</summary>
    private readonly List<ModelState> _states = [ModelState.Empty];
    private int _durable;

    private readonly List<LogPosition> _snapshots = [];
    private LogPosition _durableSnapshot;
    private bool _isSnapshotting;

    /// <summary>Everything up to here is committed, so it is never replaced.</summary>
    private long _committed;
    private Exception? _failure;

    public ModelRun(ulong seed, StorageOptions? options = null)
    {
        _random = new SeededRandom(seed);
        _member = new StorageHarness(options);
    }

    public SimulatedDisk Disk => _member.Disk;

    public Exception? Failure => _failure;

    public StorageHarness Member => _member;

    private ModelState Now => _states[^1];

    /// <summary>Opens the folder and compares it with the model. Returns false when the machine crashed or the disk failed meanwhile.</summary>
    public bool Open()
    {
        try
        {
            _member.Open();
        }
        catch (Exception error) when (error is SimulatedCrashException or StorageFailedException)
        {
            return false;
        }

        RecoveredState recovered = _member.Recovered;
        LogPosition? snapshot = recovered.Snapshot?.LastIncluded;
        (snapshot ?? LogPosition.Start).Index.ShouldBeGreaterThanOrEqualTo(_durableSnapshot.Index, "an acknowledged snapshot is lost");
        if (snapshot is { } position)
        {
            _snapshots.ShouldContain(position);
            _member.ReadContent(recovered.Snapshot!).ShouldBe(Content(position.Index));
            recovered.Snapshot!.Configuration.Voters.ShouldBe(Members.Voters);
        }

        List<ModelState> allowed = [.. _states.Skip(_durable).Select(state => state.With(snapshot))];
        ModelState? found = allowed.Find(state => state.Matches(recovered));
        found.ShouldNotBeNull(
            $"found {recovered.HardState}, {recovered.Entries.Count} entries to {(recovered.Entries.Count > 0 ? recovered.Entries[^1] : default)}, "
            + $"snapshot {snapshot}; allowed: {string.Join(" | ", allowed.Select(state => $"{state.HardState} {state.Start}..{state.Last}"))}");

        _states.Clear();
        _states.Add(found);
        _durable = 0;
        _durableSnapshot = snapshot ?? LogPosition.Start;
        _committed = Math.Max(_committed, _durableSnapshot.Index);
        _isSnapshotting = false;
        _failure = null;
        _member.Log.Failed = error => _failure = error;
        return true;
    }

    /// <summary>Does random things until the machine crashes, the disk fails, or so many were done. Returns whether it got there.</summary>
    public bool Live(int actions)
    {
        try
        {
            for (int i = 0; i < actions && _failure is null; i++)
            {
                Act();
            }

            if (_failure is null)
            {
                _member.RunAll();
            }

            return _failure is null;
        }
        catch (SimulatedCrashException)
        {
            return false;
        }
    }

    /// <summary>Power is lost.</summary>
    public void LosePower(ulong seed) => _member.Crash(seed);

    /// <summary>The process is killed; what it wrote is seen by the next, flushed or not.</summary>
    public void Kill()
    {
        _member.LogLane.Clear();
        _member.BackgroundLane.Clear();
        Disk.EndProcess();
    }

    private void Act()
    {
        switch (_random.Next(20))
        {
            case < 6:
                Append(Now.Last.Index + 1, Math.Max(1, Now.HardState.CurrentTerm));
                break;
            case 6 when Now.Last.Index > _committed:
                long index = _committed + 1 + _random.Next((int)(Now.Last.Index - _committed));
                Append(index, Now.HardState.CurrentTerm + 1);
                break;
            case 7:
                Submit(Vote(Now, Now.HardState.CurrentTerm + 1));
                break;
            case 8:
                TakeSnapshot();
                break;
            case 9:
                _member.Storage.CompactLog(_durableSnapshot.Index);
                break;
            case 10 when _random.Next(4) == 0:
                InstallSnapshot();
                break;
            case < 17:
                for (int steps = _random.Next(1, 5); steps > 0 && _failure is null; steps--)
                {
                    _member.LogLane.RunStep();
                }

                break;
            default:
                for (int steps = _random.Next(1, 6); steps > 0 && _failure is null; steps--)
                {
                    _member.BackgroundLane.RunStep();
                }

                break;
        }
    }

    private ModelState Vote(ModelState state, long term)
    {
        HardState hardState = new(term, new MemberId((ulong)_random.Next(3)));
        _member.Log.StageHardState(hardState);
        return state with { HardState = hardState };
    }

    private void Append(long index, long term)
    {
        ModelState state = Now;
        if (term > state.HardState.CurrentTerm)
        {
            state = Vote(state, term);
        }

        int count = _random.Next(1, 4);
        Entry[] entries = [.. Enumerable.Range(0, count).Select(i => Entry(term, index + i, _random.Next(20) == 0 ? 5000 : _random.Next(700)))];
        _member.Log.StageEntries(entries);
        foreach (Entry entry in entries)
        {
            state = state.Append(entry);
        }

        Submit(state);
    }

    private void Submit(ModelState state)
    {
        _states.Add(state);
        Completion completion = null!;
        completion = new Completion { Then = () => Completed(state, completion) };
        _member.Log.Submit(completion).ShouldBeTrue();
    }

    private void Completed(ModelState state, Completion completion)
    {
        if (completion.Error is not null)
        {
            _failure = completion.Error;
            return;
        }

        int at = _states.FindIndex(candidate => ReferenceEquals(candidate, state));
        at.ShouldBeGreaterThan(_durable, "completions come in order");
        _durable = at;
    }

    private void TakeSnapshot()
    {
        // What is durable here now and will not be replaced may as well be committed.
        ModelState durable = _states[_durable];
        if (_isSnapshotting || durable.TermAt(durable.Last.Index) != Now.TermAt(durable.Last.Index) || durable.Last.Index <= _durableSnapshot.Index)
        {
            return;
        }

        _committed = Math.Max(_committed, durable.Last.Index);
        LogPosition position = durable.Last;
        _snapshots.Add(position);
        _isSnapshotting = true;
        _member.Storage.Snapshots.Write(position, Members, Pieces(Content(position.Index)), (_, error) => SnapshotDone(position, error));
    }

    private void InstallSnapshot()
    {
        if (_isSnapshotting)
        {
            return;
        }

        LogPosition position = new(Now.HardState.CurrentTerm + 1, Now.Last.Index + 1 - _random.Next(2));
        if (position.Index <= _committed)
        {
            return;
        }

        (SnapshotMetadata snapshot, byte[] bytes) = SnapshotBytes.Make(position);
        _snapshots.Add(position);
        _isSnapshotting = true;
        Receive(snapshot, bytes, 0);
    }

    private void Receive(SnapshotMetadata snapshot, byte[] bytes, int offset)
    {
        int count = Math.Min(400, bytes.Length - offset);
        _member.Storage.Snapshots.Receive(snapshot, offset, bytes.AsMemory(offset, count), (next, error) =>
        {
            if (error is not null || next == bytes.Length)
            {
                SnapshotDone(snapshot.LastIncluded, error);
                if (error is null)
                {
                    _committed = Math.Max(_committed, snapshot.LastIncluded.Index);
                    _member.Log.StageReset(snapshot);
                    Submit(Vote(Now, Math.Max(Now.HardState.CurrentTerm, snapshot.LastIncluded.Term)).Reset(snapshot.LastIncluded));
                }
            }
            else
            {
                next.ShouldBe(offset + count);
                Receive(snapshot, bytes, (int)next);
            }
        });
    }

    private void SnapshotDone(LogPosition position, Exception? error)
    {
        _isSnapshotting = false;
        if (error is FoundNoRoomException)
        {
            return; // a member can do without
        }

        if (error is not null)
        {
            _failure = error;
        }
        else
        {
            _durableSnapshot = position;
        }
    }
}
