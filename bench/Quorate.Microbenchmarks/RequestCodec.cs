using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Record = Quorate.Etcd.Protocol.KeyValue;

namespace Quorate.Microbenchmarks;

/// <summary>The hot requests of the API and their answers, as protobuf.</summary>
[MemoryDiagnoser]
public class RequestCodec
{
    private static readonly ByteString s_key = ByteString.CopyFromUtf8("quorate-bench/00001234");
    private static readonly ByteString s_value = ByteString.CopyFrom(new byte[256]);
    private static readonly ResponseHeader s_header = new() { ClusterId = ulong.MaxValue, MemberId = ulong.MaxValue, Revision = 1_000_000, RaftTerm = 2 };

    private readonly byte[] _put = new PutRequest { Key = s_key, Value = s_value }.ToByteArray();
    private readonly byte[] _range = new RangeRequest { Key = s_key }.ToByteArray();
    private readonly RangeResponse _found = new()
    {
        Header = s_header,
        Count = 1,
        Kvs = { new Record { Key = s_key, Value = s_value, CreateRevision = 1000, ModRevision = 100_000, Version = 100 } },
    };

    private readonly byte[] _bytes = new byte[1024];

    [Benchmark(Description = "protobuf: parse PutRequest")]
    public object ParsePut() => PutRequest.Parser.ParseFrom(_put);

    [Benchmark(Description = "protobuf: parse RangeRequest")]
    public object ParseRange() => RangeRequest.Parser.ParseFrom(_range);

    [Benchmark(Description = "protobuf: write RangeResponse of one key")]
    public int WriteFound()
    {
        int length = _found.CalculateSize();
        _found.WriteTo(_bytes.AsSpan(0, length));
        return length;
    }
}
