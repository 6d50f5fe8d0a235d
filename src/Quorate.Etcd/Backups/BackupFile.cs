using System.Security.Cryptography;
using Quorate.Etcd.State;
using Quorate.KeyValue;

namespace Quorate.Etcd.Backups;

/// <summary>
/// A backup that has been read and verified as a whole: its length, its checksum, and that its content is a state
/// that this version can load.
/// </summary>
public sealed class BackupFile
{
    /// <summary>
    /// The position in the log that a restored state claims: all members that are restored from one file begin with
    /// the same one, as if the first entry of the first term had made the state.
    /// </summary>
    public const long RestoredIndex = 1;

    private const int BufferBytes = 1 << 16;

    private readonly Stream _stream;

    private BackupFile(Stream stream, BackupDescription description, byte[] checksum, uint hash)
    {
        _stream = stream;
        Description = description;
        Checksum = checksum;
        Hash = hash;
    }

    /// <summary>What it says about itself.</summary>
    public BackupDescription Description { get; }

    /// <summary>The SHA-256 at its end.</summary>
    public ReadOnlyMemory<byte> Checksum { get; }

    /// <summary>The hash that <c>HashKV</c> answers at <see cref="BackupDescription.Revision"/> on a member with this state.</summary>
    public uint Hash { get; }

    /// <summary>Bytes of the file.</summary>
    public long TotalBytes => _stream.Length;

    /// <summary>Reads and verifies a backup; the stream must be one that can seek, and stays with the result.</summary>
    /// <exception cref="InvalidDataException">It is not whole, is damaged, or is no backup that this version reads.</exception>
    public static BackupFile Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Position = 0;
        byte[] header = new byte[BackupFormat.HeaderLength];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
        {
            throw new InvalidDataException("it is too short for a snapshot");
        }

        BackupDescription description = BackupFormat.ReadHeader(header);
        long covered = BackupFormat.BytesBeforeChecksum(description.ContentBytes);
        long expected = covered + BackupFormat.ChecksumLength;
        if (stream.Length != expected)
        {
            throw new InvalidDataException($"it has {stream.Length} bytes and should have {expected}: it is not whole, or something was added to it");
        }

        byte[] checksum = Verify(stream, covered);

        // What members write can be loaded; that this file can be is better found out now than when it is needed.
        EtcdStateMachine state = new();
        using (Stream content = new StreamPart(stream, BackupFormat.HeaderLength, description.ContentBytes))
        {
            state.LoadSnapshot(content);
        }

        StoreVersion version = state.Current;
        if (version.Revision != description.Revision || version.CompactRevision != description.CompactRevision || version.KeyCount != description.KeyCount)
        {
            throw new InvalidDataException("its content is not what its header says");
        }

        return new BackupFile(stream, description, checksum, version.Hash(0));
    }

    /// <summary>
    /// The state for a member of a new cluster, as a snapshot of <see cref="RestoredIndex"/>: the same bytes for every
    /// member. What was about the members of the old cluster, their addresses and their alarms, is left behind. The
    /// pieces share a buffer, each is to be used before the next.
    /// </summary>
    public IEnumerable<ReadOnlyMemory<byte>> WriteRestored()
    {
        using Stream content = new StreamPart(_stream, BackupFormat.HeaderLength, Description.ContentBytes);
        SnapshotHeader header = SnapshotHeader.Read(content);
        yield return (header with { AppliedIndex = RestoredIndex, Members = MemberAttributes.None, Alarms = Alarms.None }).Write();
        byte[] buffer = new byte[BufferBytes];
        while (content.Read(buffer) is > 0 and var count)
        {
            yield return buffer.AsMemory(0, count);
        }
    }

    private static byte[] Verify(Stream stream, long covered)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (Stream part = new StreamPart(stream, 0, covered))
        {
            byte[] buffer = new byte[BufferBytes];
            while (part.Read(buffer) is > 0 and var count)
            {
                hash.AppendData(buffer.AsSpan(0, count));
            }
        }

        byte[] kept = new byte[BackupFormat.ChecksumLength];
        stream.Position = covered;
        stream.ReadExactly(kept);
        byte[] computed = hash.GetHashAndReset();
        return computed.AsSpan().SequenceEqual(kept)
            ? computed
            : throw new InvalidDataException("its checksum does not fit: it is damaged");
    }
}
