using Quorate.Io;
using Quorate.Raft;

namespace Quorate.Storage;

/// <summary>
/// The log on disk: what is staged becomes durable in batches, one write and one flush each, all or nothing.
/// While a batch is being flushed the next one gathers. Lives on the replica's loop.
/// </summary>
/// <remarks>
/// At most one batch is on its way to the disk. Recovery depends on that: a block that exists proves that every block
/// before it was flushed, so a bad block with a later one behind it is damage, and without one is a torn write.
/// </remarks>
public sealed class WriteAheadLog
{
    private readonly IDisk _disk;
    private readonly IWorkLane _logLane;
    private readonly SeededRandom _random;
    private readonly MemberIdentity _identity;
    private readonly StorageOptions _options;
    private readonly LogSegments _segments;

    // The active segment; changes hands only while no batch is in flight.
    private IDiskFile _file;
    private ulong _salt;
    private long _offset;
    private ulong _nextNumber;
    private uint _chain;

    private LogBatch _gathering;
    private LogBatch? _inFlight;
    private LogBatch? _idle;
    private bool _isSubmitted;
    private List<ILogCompletion> _emptyList = [];

    // What the log says after everything staged, and after everything sealed: a new segment's header takes the latter.
    private HardState _hardState;
    private LogPosition _last;
    private HardState _sealedHardState;
    private LogPosition _sealedLast;

    internal WriteAheadLog(
        IDisk disk, IWorkLane logLane, IWorkLane backgroundLane, SeededRandom random, MemberIdentity identity, StorageOptions options, LogPlace place)
    {
        _disk = disk;
        _logLane = logLane;
        _random = random;
        _identity = identity;
        _options = options;
        _segments = new LogSegments(disk, backgroundLane, options, place, Fail);
        _file = place.ActiveFile;
        _salt = place.ActiveSalt;
        _offset = place.Offset;
        _nextNumber = place.NextNumber;
        _chain = place.Chain;
        _hardState = _sealedHardState = place.HardState;
        _last = _sealedLast = place.Last;
        _gathering = new LogBatch(OnWritten);
        _idle = new LogBatch(OnWritten);
    }

    /// <summary>Why it has failed for good; null while it works.</summary>
    public StorageException? Failure { get; private set; }

    /// <summary>Told once, on the loop, when the log fails for good; also where nobody waits for a batch.</summary>
    public Action<StorageException>? Failed { get; set; }

    /// <summary>Told, on the loop, when the disk has no room for a spare segment. The log goes on without; see <see cref="PrepareSpare"/>.</summary>
    public Action<FoundNoRoomException>? SpareFoundNoRoom
    {
        get => _segments.SpareFoundNoRoom;
        set => _segments.SpareFoundNoRoom = value;
    }

    /// <summary>The last entry staged, or where the log begins.</summary>
    public LogPosition Last => _last;

    /// <summary>Term and vote as last staged.</summary>
    public HardState HardState => _hardState;

    /// <summary>Whether a batch is on its way to the disk.</summary>
    internal bool IsWriting => _inFlight is not null;

    /// <summary>Batches that have become durable since it was opened, one flush each.</summary>
    public long BatchesFlushed { get; private set; }

    /// <summary>Bytes gathered for the next batch.</summary>
    public int StagedBytes => _gathering.StagedBytes;

    /// <summary>Whether <see cref="StorageOptions.StagedBytesMax"/> is reached: time to refuse new commands.</summary>
    public bool IsCongested => StagedBytes >= _options.StagedBytesMax;

    /// <summary>Bytes of log files on disk, spare segments included.</summary>
    public long LogBytes => _segments.Bytes;

    /// <summary>A snapshot has replaced the whole log: it begins anew after it. To be staged before the entries that follow it.</summary>
    public void StageReset(SnapshotMetadata snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        StageReset(snapshot.LastIncluded);
    }

    /// <summary>Stages term and vote.</summary>
    public void StageHardState(HardState state)
    {
        ThrowIfFailed();
        if (state.CurrentTerm < _hardState.CurrentTerm)
        {
            throw new ArgumentException($"the term must not go back from {_hardState.CurrentTerm} to {state.CurrentTerm} (spec R3)", nameof(state));
        }

        _gathering.AddHardState(_identity.Group, state);
        _hardState = state;
    }

    /// <summary>
    /// Stages entries, consecutive and at most one after <see cref="Last"/>. Where the first is at or below
    /// <see cref="Last"/>, everything from there on is replaced. The commands' bytes are copied before it returns.
    /// </summary>
    public void StageEntries(ReadOnlyMemory<Entry> entries)
    {
        ThrowIfFailed();
        ReadOnlySpan<Entry> span = entries.Span;
        long next = span.IsEmpty ? 0 : span[0].Index;
        if (next > _last.Index + 1)
        {
            throw new ArgumentException($"entry {next} would leave a gap after {_last.Index}", nameof(entries));
        }

        foreach (ref readonly Entry entry in span)
        {
            if (entry.Index != next++ || entry.Index < 1)
            {
                throw new ArgumentException($"entry {entry.Index} is out of order", nameof(entries));
            }

            if (entry.Command.Length > _options.CommandBytesMax)
            {
                throw new ArgumentException(
                    $"the command of entry {entry.Index} has {entry.Command.Length} bytes, more than {_options.CommandBytesMax}", nameof(entries));
            }

            _gathering.AddEntry(_identity.Group, entry);
            _last = entry.Position;
        }
    }

    /// <summary>
    /// Asks to be told when everything staged so far is durable. Returns false, and never calls back, when it is
    /// already. Otherwise <paramref name="completion"/> is called later, in the order of the calls of this method.
    /// The write starts now, or as soon as the batch in flight is flushed.
    /// </summary>
    public bool Submit(ILogCompletion completion)
    {
        ThrowIfFailed();
        if (_gathering.IsEmpty && _inFlight is null)
        {
            return false;
        }

        bool isInFlight = _gathering.IsEmpty;
        LogBatch batch = isInFlight ? _inFlight! : _gathering;
        batch.Waiting.Add(completion);
        if (!isInFlight)
        {
            _isSubmitted = true;
            StartNextBatch();
        }

        return true;
    }

    internal void StageReset(LogPosition lastIncluded)
    {
        ThrowIfFailed();
        _gathering.AddReset(_identity.Group, lastIncluded);
        _last = lastIncluded;
    }

    /// <summary>Writes what is staged before it returns: for the start of a member, when no lane runs yet.</summary>
    internal void WriteNow()
    {
        if (_gathering.IsEmpty)
        {
            return;
        }

        LogBatch batch = TakeNextBatch();
        while (!batch.Step())
        {
        }

        OnWritten(batch, null);
    }

    /// <summary>
    /// Lets go of the segments at the beginning of the log that hold nothing above <paramref name="index"/>; never of
    /// the active one.
    /// </summary>
    internal void Compact(long index)
    {
        ThrowIfFailed();
        _segments.Compact(index);
    }

    /// <summary>
    /// Has a spare segment made where there is none. The log does so itself whenever it has used one; to be called again some
    /// time after one found no room. Without a spare the log makes its next segment when it needs it, and fails if it finds no room then.
    /// </summary>
    public void PrepareSpare() => _segments.PrepareSpare();

    internal void Fail(Exception error)
    {
        if (Failure is not null)
        {
            return;
        }

        Failure = error as StorageException ?? new StorageFailedException(LogFormat.Folder, "writing the log", error);
        _segments.Stop();
        Failed?.Invoke(Failure);

        // A batch that is still in flight belongs to the lane, except for those who wait for it: they are answered now,
        // and its own completion finds nobody.
        if (_inFlight is not null)
        {
            Answer(_inFlight.TakeWaiting([]), Failure);
        }

        Answer(_gathering.TakeWaiting([]), Failure);
    }

    private void StartNextBatch()
    {
        if (_inFlight is null && _isSubmitted)
        {
            _inFlight = TakeNextBatch();
            _logLane.Submit(_inFlight);
        }
    }

    private LogBatch TakeNextBatch()
    {
        LogBatch batch = _gathering;
        _gathering = _idle!;
        _idle = null;
        _isSubmitted = false;

        SegmentCreation? creation = null;
        ulong sequence = _segments.Active.Sequence;
        if (_offset + batch.BlockLength > _segments.Active.Length)
        {
            creation = NextSegment(++sequence, batch.BlockLength);
            _salt = creation.Header.Salt;
        }

        _chain = batch.Seal(_salt, sequence, _nextNumber++, _chain);
        batch.Aim(_file, _offset, creation);
        _sealedHardState = _hardState;
        _sealedLast = _last;
        return batch;
    }

    private SegmentCreation NextSegment(ulong sequence, long blockLength)
    {
        // A batch larger than a segment gets one of its own size, so that it stays one block: all or nothing.
        long length = Math.Max(_options.SegmentBytes, SegmentHeader.Size + blockLength);
        SegmentHeader header = new()
        {
            Identity = _identity,
            Sequence = sequence,
            Salt = _random.NextUInt64(),
            Length = length,
            FirstNumber = _nextNumber,
            Chain = _chain,
            HardState = _sealedHardState,
            Last = _sealedLast,
        };
        return new SegmentCreation(_disk, header, _segments.TakeSpare(length));
    }

    private void OnWritten(LogBatch batch, Exception? error)
    {
        if (error is not null || Failure is not null)
        {
            Fail(error ?? Failure!);
            return;
        }

        BatchesFlushed++;
        if (batch.Reset is { } reset)
        {
            // Whatever older segments hold is behind the snapshot now.
            _segments.ResetAt(reset.Index);
        }

        if (batch.Creation is { } creation)
        {
            _segments.Add(creation.Header);
        }

        SegmentInfo active = _segments.Active;
        active.MaxIndex = Math.Max(active.MaxIndex, batch.MaxIndex);
        _file = batch.File;
        _offset = batch.EndOffset;
        bool rolled = batch.Creation is not null;

        List<ILogCompletion> waited = batch.Recycle(_emptyList);
        _idle = batch;
        _inFlight = null;

        // The disk goes on before anybody is answered: the next batch's flush is what the next answers wait for.
        StartNextBatch();
        if (rolled)
        {
            PrepareSpare();
        }

        // Those who are answered may stage and submit; what they add goes into another list.
        Answer(waited, null);
        waited.Clear();
        _emptyList = waited;
    }

    internal void Close() => _file.Dispose();

    private static void Answer(List<ILogCompletion> waited, StorageException? error)
    {
        foreach (ILogCompletion completion in waited)
        {
            completion.Completed(error);
        }
    }

    private void ThrowIfFailed()
    {
        if (Failure is not null)
        {
            throw new InvalidOperationException("the log has failed and takes nothing more", Failure);
        }
    }
}
