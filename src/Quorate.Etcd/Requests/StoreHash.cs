using System.Buffers.Binary;
using System.Numerics;
using Quorate.KeyValue;

namespace Quorate.Etcd.Requests;

/// <summary>A hash of the keys present at a revision, by which members are compared.</summary>
internal static class StoreHash
{
    /// <summary>
    /// CRC-32C over each record in order of key: lengths of key and value, revisions, version and lease, little-endian,
    /// then key and value.
    /// </summary>
    public static uint Compute(StoreVersion version, long revision)
    {
        RangeResult all = version.Range(new RangeQuery { Keys = KeyRange.From(new byte[1]), Revision = revision });
        uint hash = uint.MaxValue;
        Span<byte> numbers = stackalloc byte[6 * sizeof(long)];
        for (int i = 0; i < all.Records.Count; i++)
        {
            KeyValueRecord record = all.Records[i];
            BinaryPrimitives.WriteInt64LittleEndian(numbers, record.Key.Length);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[8..], record.Value.Length);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[16..], record.CreateRevision);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[24..], record.ModRevision);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[32..], record.Version);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[40..], record.Lease);
            hash = Add(Add(Add(hash, numbers), record.Key.Span), record.Value.Span);
        }

        return ~hash;
    }

    private static uint Add(uint hash, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = BitOperations.Crc32C(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte value in bytes)
        {
            hash = BitOperations.Crc32C(hash, value);
        }

        return hash;
    }
}
