using System.Globalization;

namespace Quorate.Storage;

/// <summary>Names and sizes that everything about the log agrees on. docs/storage.md draws the whole.</summary>
internal static class LogFormat
{
    public const string Folder = "log";

    /// <summary>Segments that are part of the log.</summary>
    public const string SegmentSuffix = ".qlog";

    /// <summary>Empty segments, written with zeros or used before, that wait to become part of the log.</summary>
    public const string SpareSuffix = ".spare";

    /// <summary>Files being made; deleted at the next start.</summary>
    public const string AsideSuffix = ".tmp";

    public const int Version = 1;

    /// <summary>
    /// Blocks begin at multiples of this many bytes: a write never touches a sector that holds flushed data, so a torn
    /// write can damage nothing but itself.
    /// </summary>
    public const int SectorSize = 512;

    /// <summary>Zeros are written in pieces of this many bytes.</summary>
    public const int ZeroPieceBytes = 1 << 20;

    public static string SegmentPath(ulong sequence) =>
        Folder + "/" + sequence.ToString("x16", CultureInfo.InvariantCulture) + SegmentSuffix;

    public static string SparePath(ulong number) =>
        Folder + "/" + number.ToString("x16", CultureInfo.InvariantCulture) + SpareSuffix;

    public static long RoundUpToSector(long length) => (length + SectorSize - 1) / SectorSize * SectorSize;

    /// <summary>The number in a file name with that suffix.</summary>
    public static bool TryParseName(string name, string suffix, out ulong number)
    {
        number = 0;
        return name.Length == 16 + suffix.Length
            && name.EndsWith(suffix, StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
