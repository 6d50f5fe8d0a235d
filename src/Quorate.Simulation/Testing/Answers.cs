namespace Quorate.Simulation.Testing;

/// <summary>Whether two results of a command say the same.</summary>
internal static class Answers
{
    /// <summary>
    /// Bytes by their content; others by their own <see cref="object.Equals(object)"/>. Of a type that has none of its own
    /// nothing can be said, and it counts as equal if both are of it.
    /// </summary>
    public static bool AreEqual(object? one, object? other) => (one, other) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (byte[] bytes, byte[] others) => bytes.AsSpan().SequenceEqual(others),
        (ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> others) => bytes.Span.SequenceEqual(others.Span),
        _ => one.GetType() == other.GetType() && (!HasEquality(one.GetType()) || one.Equals(other)),
    };

    public static string Text(object? answer) => answer switch
    {
        null => "null",
        byte[] bytes => Convert.ToHexStringLower(bytes),
        ReadOnlyMemory<byte> bytes => Convert.ToHexStringLower(bytes.Span),
        _ => answer.ToString() ?? "",
    };

    private static bool HasEquality(Type type) => type.GetMethod(nameof(Equals), [typeof(object)])?.DeclaringType != typeof(object);
}
