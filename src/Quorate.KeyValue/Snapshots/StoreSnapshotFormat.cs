namespace Quorate.KeyValue.Snapshots;

/// <summary>
/// The layout of a snapshot. Numbers are little-endian; keys ascend by their bytes, versions of a key by age.
/// </summary>
/// <remarks>
/// <code>
///  header          | magic "QRTKVSNP"  8 | format 4 | zero 4 | revision 8 | compact revision 8 |
///  for each key    | key length 4 | key … | number of versions 4 |
///    each version  | mod revision 8 | sub 4 | create revision 8 | version 8 | lease 8 | value length 4 | value … |
///  end             | zero 4 | number of keys 8 | number of versions 8 |
/// </code>
/// A tombstone has version, create revision, lease and value length zero. What a compaction dropped is not in it,
/// though it may still be in memory, so equal states give equal bytes. Damage is found by the checksums of the file
/// or connection that carries it.
/// </remarks>
internal static class StoreSnapshotFormat
{
    public const int FormatVersion = 1;

    public const int HeaderBytes = 32;

    public const int VersionHeaderBytes = 40;

    public const int EndBytes = 20;

    /// <summary>Most bytes of a piece; also what a reader reads at once.</summary>
    public const int PieceBytesMax = 64 * 1024;

    public static ReadOnlySpan<byte> Magic => "QRTKVSNP"u8;
}
