namespace Quorate.Bench.Elections;

/// <summary>A crash of a leader: milliseconds until another led, and how many elections that took.</summary>
internal readonly record struct ElectionTrial(double Milliseconds, long Elections);
