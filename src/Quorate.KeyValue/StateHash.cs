using System.Buffers.Binary;
using System.Numerics;
using Quorate.KeyValue.Tree;

namespace Quorate.KeyValue;

/// <summary>
/// The store's checksum: CRC-32C over every version kept, in order of key and age, as key length, key, create
/// revision, mod revision, place in its revision, version, lease, value length and value, numbers as 64 bits.
/// </summary>
internal static class StateHash
{
    /// <summary>The checksum of what a compaction keeps, up to a revision.</summary>
    public static uint Compute(TreeView tree, long revision, long compactRevision)
    {
        uint crc = uint.MaxValue;
        var kept = new KeptVersions(tree, compactRevision);
        while (kept.NextKey(out int versions))
        {
            for (int i = 0; i < versions; i++)
            {
                KeyRevision version = kept.NextVersion();
                if (version.ModRevision <= revision)
                {
                    crc = Add(crc, version);
                }
            }
        }

        return ~crc;
    }

    private static uint Add(uint crc, KeyRevision kept)
    {
        crc = AddBytes(crc, kept.Key);
        crc = AddNumber(crc, kept.CreateRevision);
        crc = AddNumber(crc, kept.ModRevision);
        crc = AddNumber(crc, kept.Sub);
        crc = AddNumber(crc, kept.Version);
        crc = AddNumber(crc, kept.Lease);
        return AddBytes(crc, kept.Value);
    }

    private static uint AddNumber(uint crc, long number) => BitOperations.Crc32C(crc, (ulong)number);

    private static uint AddBytes(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = AddNumber(crc, bytes.Length);
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte last in bytes)
        {
            crc = BitOperations.Crc32C(crc, last);
        }

        return crc;
    }
}
