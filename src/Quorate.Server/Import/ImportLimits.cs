namespace Quorate.Server.Import;

/// <summary>How an import is cut into transactions.</summary>
public sealed record ImportLimits
{
    /// <summary>Most records in one transaction; the server's --max-txn-ops bounds it.</summary>
    public int BatchRecordsMax { get; init; } = 128;

    /// <summary>Most bytes of keys and values in one transaction; a single larger record still goes, alone.</summary>
    public int BatchBytesMax { get; init; } = 1 << 20;

    /// <summary>Transactions under way at once.</summary>
    public int BatchesInFlightMax { get; init; } = 8;
}
