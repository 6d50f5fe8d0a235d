using System.Globalization;
using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Raft;
using CompareResult = Quorate.Etcd.Protocol.Compare.Types.CompareResult;
using CompareTarget = Quorate.Etcd.Protocol.Compare.Types.CompareTarget;

namespace Quorate.Simulation.Workloads;

/// <summary>Makes up what one client asks next. Every value it writes is written once, so a value tells its writer.</summary>
internal sealed class KeyValueRequestSource(int client, KeyValueWorkloadOptions options, SeededRandom random)
{
    private long _values;

    /// <summary>The next request, made by a client that has seen this revision.</summary>
    public IMessage Next(long seenRevision)
    {
        int kind = random.Next(100);
        return kind switch
        {
            < 30 => Put(),
            < 37 => Delete(),
            < 55 => Get(),
            < 65 => RangeOfSome(seenRevision),
            < 80 => CompareAndSwap(),
            < 88 => PutSeveral(),
            < 94 => Move(),
            < 98 => ReadSeveral(),
            _ => new CompactionRequest { Revision = Math.Max(1, seenRevision - options.RevisionsKept), Physical = random.Next(2) == 0 },
        };
    }

    private PutRequest Put(int key = -1) => new()
    {
        Key = Key(key < 0 ? random.Next(options.Keys) : key),
        Value = Value(),
        PrevKv = random.Next(3) == 0,
    };

    private DeleteRangeRequest Delete()
    {
        int first = random.Next(options.Keys);
        var request = new DeleteRangeRequest { Key = Key(first), PrevKv = random.Next(2) == 0 };
        if (random.Next(4) == 0)
        {
            request.RangeEnd = Key(first + 1 + random.Next(4));
        }

        return request;
    }

    private RangeRequest Get() => new() { Key = Key(random.Next(options.Keys)) };

    private RangeRequest RangeOfSome(long seenRevision)
    {
        int first = random.Next(options.Keys);
        var request = new RangeRequest { Key = Key(first), RangeEnd = Key(first + 1 + random.Next(options.Keys)) };
        switch (random.Next(6))
        {
            case 0:
                request.Limit = 1 + random.Next(5);
                break;
            case 1:
                request.CountOnly = true;
                break;
            case 2:
                request.KeysOnly = true;
                break;
            case 3:
                // The past, now and then one that is compacted, or a future that has not come.
                request.Revision = Math.Max(1, seenRevision + 3 - random.Next(options.RevisionsKept));
                break;
            case 4:
                request.SortTarget = RangeRequest.Types.SortTarget.Mod;
                request.SortOrder = RangeRequest.Types.SortOrder.Descend;
                break;
        }

        return request;
    }

    /// <summary>A step of a chain: the value is replaced if it is the one that is hoped for, and told otherwise.</summary>
    private TxnRequest CompareAndSwap()
    {
        int key = random.Next(options.Keys);
        return new TxnRequest
        {
            Compare = { CompareOf(key) },
            Success = { new RequestOp { RequestPut = Put(key) } },
            Failure = { new RequestOp { RequestRange = new RangeRequest { Key = Key(key) } } },
        };
    }

    private TxnRequest PutSeveral()
    {
        var request = new TxnRequest();
        int first = random.Next(options.Keys);
        for (int i = 0; i < 2 + random.Next(3); i++)
        {
            request.Success.Add(new RequestOp { RequestPut = Put((first + (i * 7)) % (options.Keys + 40)) });
        }

        return request;
    }

    /// <summary>What one key holds is deleted, and another is written, or both are read.</summary>
    private TxnRequest Move()
    {
        int from = random.Next(options.Keys);
        int to = (from + 1 + random.Next(options.Keys - 1)) % options.Keys;
        return new TxnRequest
        {
            Compare = { new Compare { Key = Key(from), Target = CompareTarget.Version, Result = CompareResult.Greater, Version = 0 } },
            Success =
            {
                new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = Key(from), PrevKv = true } },
                new RequestOp { RequestPut = Put(to) },
            },
            Failure = { new RequestOp { RequestRange = new RangeRequest { Key = Key(from) } }, new RequestOp { RequestRange = new RangeRequest { Key = Key(to) } } },
        };
    }

    private TxnRequest ReadSeveral()
    {
        var request = new TxnRequest();
        for (int i = 0; i < 2 + random.Next(3); i++)
        {
            request.Success.Add(new RequestOp { RequestRange = Get() });
        }

        return request;
    }

    private Compare CompareOf(int key)
    {
        var compare = new Compare { Key = Key(key), Result = (CompareResult)random.Next(4) };
        switch (random.Next(3))
        {
            case 0:
                compare.Target = CompareTarget.Version;
                compare.Version = random.Next(4);
                break;
            case 1:
                compare.Target = CompareTarget.Mod;
                compare.ModRevision = random.Next(200);
                break;
            default:
                compare.Target = CompareTarget.Value;
                compare.Value = ByteString.CopyFromUtf8(Text($"v{random.Next(options.Clients)}-{random.Next(20)}"));
                break;
        }

        return compare;
    }

    private static ByteString Key(int number) => ByteString.CopyFromUtf8(Text($"k{number:000}"));

    private ByteString Value() => ByteString.CopyFromUtf8(Text($"v{client}-{_values++}"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
