namespace Quorate.KeyValue.Leases;

/// <summary>What a leader has found of a lease: its time is over, or so much of it is left.</summary>
/// <param name="Id">The lease.</param>
/// <param name="RenewedAt">Its renewal number when that was found; if it is another by now, this means nothing any more.</param>
/// <param name="RemainingMilliseconds">What is left; zero when its time is over.</param>
public readonly record struct LeaseDue(long Id, long RenewedAt, long RemainingMilliseconds);
