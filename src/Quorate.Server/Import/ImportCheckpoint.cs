using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Quorate.Server.Import;

/// <summary>How far an import got, kept in a file beside the input so that it can go on from there.</summary>
/// <param name="Fingerprint">Tells this import from another: of another input, under another prefix, into another cluster.</param>
/// <param name="Offset">Everything before this byte of the input is stored.</param>
/// <param name="Records">How many records that were.</param>
/// <param name="Revision">A revision that the store had reached by then: one with less has lost, or never had, them.</param>
public sealed record ImportCheckpoint(string Fingerprint, long Offset, long Records, long Revision)
{
    private const int FingerprintedBytes = 1 << 20;

    /// <summary>The file that belongs to an input.</summary>
    public static string PathFor(string input) => input + ".resume";

    /// <summary>Length and first megabyte of a file, and where its records go, as a hash.</summary>
    /// <param name="file">The input; is at its beginning afterwards.</param>
    /// <param name="prefix">What is put before every key.</param>
    /// <param name="clusterId">The cluster that they are stored in.</param>
    public static string FingerprintOf(Stream file, ReadOnlySpan<byte> prefix, ulong clusterId)
    {
        file.Position = 0;
        byte[] head = new byte[Math.Min(FingerprintedBytes, file.Length)];
        file.ReadExactly(head);
        file.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> numbers = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(numbers, clusterId);
        BinaryPrimitives.WriteInt32LittleEndian(numbers[8..], prefix.Length);
        hash.AppendData(numbers);
        hash.AppendData(prefix);
        hash.AppendData(head);
        return $"{file.Length}-{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    /// <summary>The checkpoint of an input; null when there is none, or when it is of another input.</summary>
    /// <exception cref="ImportException">The file cannot be read as a checkpoint.</exception>
    public static ImportCheckpoint? Load(string input, string fingerprint)
    {
        string path = PathFor(input);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            ImportCheckpoint? checkpoint = JsonSerializer.Deserialize<ImportCheckpoint>(File.ReadAllBytes(path));
            return checkpoint?.Fingerprint == fingerprint ? checkpoint : null;
        }
        catch (JsonException e)
        {
            throw new ImportException($"'{path}' is no checkpoint of an import ({e.Message}); delete it to begin anew", e);
        }
    }

    /// <summary>Writes it aside and puts it in place, so that a crash leaves the old one or the new one.</summary>
    public void Save(string input)
    {
        string path = PathFor(input);
        File.WriteAllBytes(path + ".tmp", JsonSerializer.SerializeToUtf8Bytes(this));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Forgets the checkpoint of an input that is wholly stored.</summary>
    public static void Delete(string input) => File.Delete(PathFor(input));
}
