using System.Security.Cryptography;

namespace Quorate.Etcd.Backups;

/// <summary>Makes the bytes of a backup, piece by piece as they are asked for.</summary>
internal static class BackupWriter
{
    /// <summary>Bytes of every piece but the last two.</summary>
    public const int PieceBytes = 64 * 1024;

    /// <summary>
    /// Everything before the checksum in pieces, then the checksum as the last. Each piece is an array of its own, so it
    /// may be kept.
    /// </summary>
    public static IEnumerable<byte[]> Write(BackupDescription description, IEnumerable<ReadOnlyMemory<byte>> content)
    {
        using var checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[PieceBytes];
        int used = 0;
        foreach (ReadOnlyMemory<byte> source in WithFrame(description, content))
        {
            ReadOnlyMemory<byte> rest = source;
            while (!rest.IsEmpty)
            {
                int taken = Math.Min(rest.Length, PieceBytes - used);
                rest.Span[..taken].CopyTo(piece.AsSpan(used));
                used += taken;
                rest = rest[taken..];
                if (used == PieceBytes)
                {
                    checksum.AppendData(piece);
                    yield return piece;
                    piece = new byte[PieceBytes];
                    used = 0;
                }
            }
        }

        if (used > 0)
        {
            Array.Resize(ref piece, used);
            checksum.AppendData(piece);
            yield return piece;
        }

        yield return checksum.GetHashAndReset();
    }

    private static IEnumerable<ReadOnlyMemory<byte>> WithFrame(BackupDescription description, IEnumerable<ReadOnlyMemory<byte>> content)
    {
        yield return BackupFormat.WriteHeader(description);
        long written = 0;
        foreach (ReadOnlyMemory<byte> piece in content)
        {
            written += piece.Length;
            yield return piece;
        }

        if (written != description.ContentBytes)
        {
            throw new InvalidOperationException($"the content has {written} bytes and not the {description.ContentBytes} that were announced");
        }

        yield return new byte[BackupFormat.BytesBeforeChecksum(written) - BackupFormat.HeaderLength - written];
    }
}
