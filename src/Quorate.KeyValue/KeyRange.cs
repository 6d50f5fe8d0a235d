namespace Quorate.KeyValue;

/// <summary>
/// The keys from <paramref name="Start"/>, included, to <paramref name="End"/>, excluded, in order of their bytes.
/// </summary>
/// <param name="Start">First key.</param>
/// <param name="End">First key beyond; null where only <paramref name="Start"/> itself is meant, empty where there is no end.</param>
public readonly record struct KeyRange(ReadOnlyMemory<byte> Start, ReadOnlyMemory<byte>? End)
{
    /// <summary>One key.</summary>
    public static KeyRange ForKey(ReadOnlyMemory<byte> key) => new(key, null);

    /// <summary>All keys from one on.</summary>
    public static KeyRange From(ReadOnlyMemory<byte> start) => new(start, ReadOnlyMemory<byte>.Empty);

    /// <summary>
    /// The range of an etcd request: no end means the one key, an end of a single zero byte means all from the key on.
    /// </summary>
    public static KeyRange FromWire(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd) => rangeEnd switch
    {
        { IsEmpty: true } => ForKey(key),
        { Length: 1 } when rangeEnd.Span[0] == 0 => From(key),
        _ => new KeyRange(key, rangeEnd),
    };

    /// <summary>Whether a key lies in it.</summary>
    public bool Contains(ReadOnlySpan<byte> key) => End switch
    {
        null => key.SequenceEqual(Start.Span),
        { IsEmpty: true } => key.SequenceCompareTo(Start.Span) >= 0,
        { } end => key.SequenceCompareTo(Start.Span) >= 0 && key.SequenceCompareTo(end.Span) < 0,
    };
}
