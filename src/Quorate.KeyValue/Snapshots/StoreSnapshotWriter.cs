using System.Buffers.Binary;
using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue.Snapshots;

/// <summary>Writes a version of the store as bytes (see <see cref="StoreSnapshotFormat"/>).</summary>
internal static class StoreSnapshotWriter
{
    private const int BufferFirstBytes = 4 * 1024;

    /// <summary>The snapshot in pieces that share one buffer. Each but the last is nearly as long as a piece may be.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Write(TreeView tree, long revision, long compactRevision)
    {
        byte[] buffer = new byte[BufferFirstBytes];
        int length = WriteHeader(buffer, revision, compactRevision);
        long keys = 0;
        long versions = 0;
        var kept = new KeptVersions(tree, compactRevision);
        while (kept.NextKey(out int count))
        {
            keys++;
            KeyRevision version = kept.NextVersion();
            if (length + sizeof(int) > buffer.Length && !TryGrow(ref buffer))
            {
                yield return buffer.AsMemory(0, length);
                length = 0;
            }

            ReadOnlyMemory<byte> key = version.KeyMemory;
            length += WriteNumber(buffer.AsSpan(length), key.Length);
            while (!key.IsEmpty)
            {
                int taken = Take(ref key, buffer.AsSpan(length));
                length += taken;
                if (length == buffer.Length && !TryGrow(ref buffer))
                {
                    yield return buffer;
                    length = 0;
                }
            }

            if (length + sizeof(int) > buffer.Length && !TryGrow(ref buffer))
            {
                yield return buffer.AsMemory(0, length);
                length = 0;
            }

            length += WriteNumber(buffer.AsSpan(length), count);
            for (int i = 0; i < count; i++)
            {
                version = i == 0 ? version : kept.NextVersion();
                versions++;
                if (length + StoreSnapshotFormat.VersionHeaderBytes > buffer.Length && !TryGrow(ref buffer))
                {
                    yield return buffer.AsMemory(0, length);
                    length = 0;
                }

                length += WriteVersionHeader(buffer.AsSpan(length), version);
                ReadOnlyMemory<byte> value = version.ValueMemory;
                while (!value.IsEmpty)
                {
                    length += Take(ref value, buffer.AsSpan(length));
                    if (length == buffer.Length && !TryGrow(ref buffer))
                    {
                        yield return buffer;
                        length = 0;
                    }
                }
            }
        }

        if (length + StoreSnapshotFormat.EndBytes > buffer.Length && !TryGrow(ref buffer))
        {
            yield return buffer.AsMemory(0, length);
            length = 0;
        }

        length += WriteEnd(buffer.AsSpan(length), keys, versions);
        yield return buffer.AsMemory(0, length);
    }

    /// <summary>Makes the buffer longer by more than any header needs; false where it is as long as a piece may be.</summary>
    private static bool TryGrow(ref byte[] buffer)
    {
        if (buffer.Length == StoreSnapshotFormat.PieceBytesMax)
        {
            return false;
        }

        Array.Resize(ref buffer, 2 * buffer.Length);
        return true;
    }

    private static int WriteHeader(Span<byte> buffer, long revision, long compactRevision)
    {
        StoreSnapshotFormat.Magic.CopyTo(buffer);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[8..], StoreSnapshotFormat.FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[12..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], revision);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], compactRevision);
        return StoreSnapshotFormat.HeaderBytes;
    }

    private static int WriteVersionHeader(Span<byte> buffer, KeyRevision kept)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, kept.ModRevision);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[8..], kept.Sub);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[12..], kept.CreateRevision);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[20..], kept.Version);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[28..], kept.Lease);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[36..], kept.Value.Length);
        return StoreSnapshotFormat.VersionHeaderBytes;
    }

    private static int WriteEnd(Span<byte> buffer, long keys, long versions)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer, 0);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[4..], keys);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[12..], versions);
        return StoreSnapshotFormat.EndBytes;
    }

    private static int WriteNumber(Span<byte> buffer, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer, number);
        return sizeof(int);
    }

    /// <summary>Moves as many bytes as there is room for.</summary>
    private static int Take(ref ReadOnlyMemory<byte> bytes, Span<byte> room)
    {
        int taken = Math.Min(bytes.Length, room.Length);
        bytes.Span[..taken].CopyTo(room);
        bytes = bytes[taken..];
        return taken;
    }
}
