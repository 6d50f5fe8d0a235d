using System.Buffers.Binary;
using Quorate.Etcd.Protocol;
using Quorate.Server.Benchmark;

namespace Quorate.Server.Tests.Benchmark;

/// <summary>What a load sends is what etcd's messages say.</summary>
public class RequestTemplateTests
{
    [Fact]
    public void A_put_has_the_key_that_was_asked_for_and_the_value_of_the_template()
    {
        RequestTemplate template = LoadRequests.Put(300);
        byte[] message = new byte[template.Bytes];

        template.Write(message, 4711);

        template.Path.ShouldBe("/etcdserverpb.KV/Put");
        message[0].ShouldBe((byte)0);
        BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(1)).ShouldBe(message.Length - 5);
        PutRequest put = PutRequest.Parser.ParseFrom(message.AsSpan(5));
        put.Key.ToStringUtf8().ShouldBe(LoadRequests.Key(4711));
        put.Value.ShouldBe(LoadRequests.Value(300));
    }

    [Fact]
    public void Every_place_of_the_key_in_a_transaction_is_filled_each_time()
    {
        RequestTemplate template = LoadRequests.Transaction(16);
        byte[] message = new byte[template.Bytes];

        template.Write(message, 99_999_999);
        template.Write(message, 5);

        TxnRequest txn = TxnRequest.Parser.ParseFrom(message.AsSpan(5));
        txn.Compare[0].Key.ToStringUtf8().ShouldBe(LoadRequests.Key(5));
        txn.Success[0].RequestPut.Key.ToStringUtf8().ShouldBe(LoadRequests.Key(5));
        txn.Success[1].RequestRange.Key.ToStringUtf8().ShouldBe(LoadRequests.Key(5));
    }
}
