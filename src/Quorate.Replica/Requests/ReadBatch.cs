namespace Quorate.Replica.Requests;

/// <summary>Linearizable reads that share one confirmation of leadership (thesis §6.4).</summary>
internal sealed class ReadBatch(long id)
{
    public long Id { get; } = id;

    public RequestList Reads { get; } = new();

    /// <summary>Once confirmed: what must be applied.</summary>
    public long Index { get; set; }
}
