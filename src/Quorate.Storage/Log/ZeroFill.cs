using Quorate.Io;

namespace Quorate.Storage;

/// <summary>
/// Writes zeros ahead, so that a later flush of the segment changes no metadata of the file system. Really written, not
/// only reserved: what is reserved still has to be marked as written by the flush that fills it.
/// </summary>
internal static class ZeroFill
{
    private static readonly byte[] Zeros = new byte[LogFormat.ZeroPieceBytes];

    /// <summary>Writes the next piece and returns its length.</summary>
    public static int WritePiece(IDiskFile file, long offset, long length)
    {
        int count = (int)Math.Min(Zeros.Length, length - offset);
        FileSteps.Write(file, offset, Zeros.AsSpan(0, count));
        return count;
    }
}
