namespace Quorate.Server.Import;

/// <summary>One record of an import file.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
/// <param name="EndOffset">Byte of the file after its line: where an import that has stored it would go on.</param>
public readonly record struct ImportRecord(byte[] Key, byte[] Value, long EndOffset);
