namespace Quorate.KeyValue;

/// <summary>The answer to a <see cref="RangeQuery"/>.</summary>
/// <param name="Records">The records, in the order asked for.</param>
/// <param name="Count">How many keys the range holds at the revision, whatever the limit and the filters.</param>
/// <param name="More">Whether the limit cut some off.</param>
public sealed record RangeResult(IReadOnlyList<KeyValueRecord> Records, long Count, bool More);
