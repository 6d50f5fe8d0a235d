namespace Quorate.Server.Import;

/// <summary>
/// Stores records in batches, several at once, and knows at any time up to where in the input everything is stored.
/// </summary>
/// <remarks>
/// The last record of a key wins, as in the input: a batch never holds a key twice, and waits for earlier batches
/// under way that hold one of its keys. Batches are stored again when their outcome is unknown, which is harmless:
/// they put what the input says.
/// </remarks>
public sealed class Importer
{
    private readonly Func<IReadOnlyList<ImportRecord>, CancellationToken, Task> _store;
    private readonly ImportLimits _limits;
    private readonly LinkedList<Batch> _inFlight = new();

    /// <summary>Creates an importer.</summary>
    /// <param name="store">Stores a batch; completes when it is stored, fails when it never will be.</param>
    /// <param name="limits">How the input is cut.</param>
    public Importer(Func<IReadOnlyList<ImportRecord>, CancellationToken, Task> store, ImportLimits limits)
    {
        _store = store;
        _limits = limits;
    }

    /// <summary>Records stored, without a gap from the beginning.</summary>
    public long RecordsStored { get; private set; }

    /// <summary>Everything before this byte of the input is stored.</summary>
    public long OffsetStored { get; private set; }

    /// <summary>Called when <see cref="RecordsStored"/> and <see cref="OffsetStored"/> have grown.</summary>
    public Action? Progressed { get; set; }

    /// <summary>Stores all records. When it fails, what <see cref="OffsetStored"/> says is still true.</summary>
    public async Task RunAsync(IAsyncEnumerable<ImportRecord> records, CancellationToken cancellationToken)
    {
        var batch = new Batch();
        try
        {
            await foreach (ImportRecord record in records.WithCancellation(cancellationToken))
            {
                if (!batch.Fits(record, _limits))
                {
                    await SendAsync(batch, cancellationToken);
                    batch = new Batch();
                }

                batch.Add(record);
            }

            if (batch.Records.Count > 0)
            {
                await SendAsync(batch, cancellationToken);
            }

            while (_inFlight.Count > 0)
            {
                await TakeFirstAsync();
            }
        }
        catch
        {
            await LetOthersEndAsync();
            throw;
        }
    }

    private async Task SendAsync(Batch batch, CancellationToken cancellationToken)
    {
        while (_inFlight.Count >= _limits.BatchesInFlightMax || _inFlight.Any(batch.SharesKeyWith))
        {
            await TakeFirstAsync();
        }

        batch.Storing = _store(batch.Records, cancellationToken);
        _inFlight.AddLast(batch);
    }

    private async Task TakeFirstAsync()
    {
        Batch first = _inFlight.First!.Value;
        await first.Storing;
        CountFirst();
        Progressed?.Invoke();
    }

    private void CountFirst()
    {
        Batch first = _inFlight.First!.Value;
        _inFlight.RemoveFirst();
        RecordsStored += first.Records.Count;
        OffsetStored = first.Records[^1].EndOffset;
    }

    /// <summary>
    /// After a failure: waits for what is under way, so that nothing is stored once the import has ended, and counts
    /// what of it is stored without a gap, so that the next import need not store it again.
    /// </summary>
    private async Task LetOthersEndAsync()
    {
        foreach (Batch batch in _inFlight)
        {
            await batch.Storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        while (_inFlight.First is { Value.Storing.IsCompletedSuccessfully: true })
        {
            CountFirst();
        }
    }

    private sealed class Batch
    {
        private readonly HashSet<byte[]> _keys = new(ByteArrayComparer.Instance);
        private long _bytes;

        public List<ImportRecord> Records { get; } = [];

        public Task Storing { get; set; } = Task.CompletedTask;

        public bool Fits(in ImportRecord record, ImportLimits limits) =>
            Records.Count == 0
            || (Records.Count < limits.BatchRecordsMax
                && _bytes + record.Key.Length + record.Value.Length <= limits.BatchBytesMax
                && !_keys.Contains(record.Key));

        public void Add(in ImportRecord record)
        {
            Records.Add(record);
            _keys.Add(record.Key);
            _bytes += record.Key.Length + record.Value.Length;
        }

        public bool SharesKeyWith(Batch other) => _keys.Overlaps(other._keys);
    }

    private sealed class ByteArrayComparer : IEqualityComparer<byte[]>
    {
        public static readonly ByteArrayComparer Instance = new();

        public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode(byte[] bytes)
        {
            var hash = default(HashCode);
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }
    }
}
