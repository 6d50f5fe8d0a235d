using Google.Protobuf;
using Google.Protobuf.Collections;
using Quorate.Etcd.Protocol;
using Quorate.Raft;
using static Quorate.Etcd.Protocol.Compare.Types;

namespace Quorate.Etcd.Tests.Support;

/// <summary>Requests over a handful of keys, so that they meet each other; some cannot be carried out.</summary>
internal static class RandomRequests
{
    private const int KeyCount = 5;

    /// <summary>A command as the log holds it.</summary>
    public static byte[] Command(SeededRandom random, long revision) => random.Next(12) switch
    {
        < 4 => [1, .. Put(random).ToByteArray()],
        < 6 => [2, .. Delete(random).ToByteArray()],
        < 11 => [3, .. Transaction(random, revision, 2).ToByteArray()],
        _ => [4, .. Compaction(random, revision).ToByteArray()],
    };

    public static PutRequest Put(SeededRandom random)
    {
        PutRequest request = new() { Key = Ask.Bytes(Key(random)), PrevKv = random.Next(2) == 0 };
        request.IgnoreLease = random.Next(8) == 0;
        request.IgnoreValue = random.Next(6) == 0;
        request.Value = request.IgnoreValue ? ByteString.Empty : Ask.Bytes(Value(random));
        request.Lease = random.Next(40) == 0 && !request.IgnoreLease ? 1 : 0;
        return request;
    }

    public static DeleteRangeRequest Delete(SeededRandom random)
    {
        (ByteString key, ByteString end) = Range(random);
        return new DeleteRangeRequest { Key = key, RangeEnd = end, PrevKv = random.Next(2) == 0 };
    }

    public static RangeRequest Read(SeededRandom random, long revision)
    {
        (ByteString key, ByteString end) = Range(random);
        return new RangeRequest
        {
            Key = key,
            RangeEnd = end,
            Limit = random.Next(3) == 0 ? random.Next(4) : 0,
            Revision = SomeRevision(random, revision),
            SortOrder = (RangeRequest.Types.SortOrder)random.Next(3),
            SortTarget = random.Next(2) == 0 ? 0 : (RangeRequest.Types.SortTarget)random.Next(5),
            KeysOnly = random.Next(6) == 0,
            CountOnly = random.Next(8) == 0,
            Serializable = random.Next(3) == 0,
            MinModRevision = Bound(random, revision),
            MaxModRevision = Bound(random, revision),
            MinCreateRevision = Bound(random, revision),
            MaxCreateRevision = Bound(random, revision),
        };
    }

    public static CompactionRequest Compaction(SeededRandom random, long revision) =>
        new() { Revision = revision - 6 + random.Next(8), Physical = random.Next(2) == 0 };

    public static TxnRequest Transaction(SeededRandom random, long revision, int depth)
    {
        TxnRequest request = new();
        for (int i = random.Next(3); i > 0; i--)
        {
            request.Compare.Add(SomeCompare(random, revision));
        }

        Fill(random, request.Success, revision, depth);
        Fill(random, request.Failure, revision, depth);
        return request;
    }

    private static void Fill(SeededRandom random, RepeatedField<RequestOp> branch, long revision, int depth)
    {
        for (int i = random.Next(4); i > 0; i--)
        {
            branch.Add(random.Next(depth > 0 ? 10 : 8) switch
            {
                < 3 => Ask.Op(Put(random)),
                < 5 => Ask.Op(Delete(random)),
                < 8 => Ask.Op(Read(random, revision)),
                _ => Ask.Op(Transaction(random, revision, depth - 1)),
            });
        }
    }

    private static Compare SomeCompare(SeededRandom random, long revision)
    {
        (ByteString key, ByteString end) = Range(random);
        Compare compare = new()
        {
            Key = key,
            RangeEnd = random.Next(3) == 0 ? end : ByteString.Empty,
            Result = (CompareResult)random.Next(4),
            Target = (CompareTarget)random.Next(5),
        };
        switch (random.Next(10) == 0 ? (CompareTarget)random.Next(5) : compare.Target)
        {
            case CompareTarget.Version:
                compare.Version = random.Next(3);
                break;
            case CompareTarget.Create:
                compare.CreateRevision = SomeRevision(random, revision);
                break;
            case CompareTarget.Mod:
                compare.ModRevision = SomeRevision(random, revision);
                break;
            case CompareTarget.Value:
                compare.Value = Ask.Bytes(Value(random));
                break;
            default:
                compare.Lease = random.Next(2);
                break;
        }

        return compare;
    }

    private static (ByteString Key, ByteString End) Range(SeededRandom random)
    {
        string end = random.Next(4) switch { 0 => "\0", 1 => Key(random), _ => "" };
        return (Ask.Bytes(Key(random)), Ask.Bytes(end));
    }

    private static string Key(SeededRandom random) => ((char)('a' + random.Next(KeyCount))).ToString();

    private static string Value(SeededRandom random) => new('v', random.Next(4));

    private static long SomeRevision(SeededRandom random, long revision) => random.Next(3) switch
    {
        0 => revision + 1 - random.Next(8),
        _ => 0,
    };

    private static long Bound(SeededRandom random, long revision) => random.Next(8) == 0 ? revision - random.Next(6) : 0;
}
