using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;

namespace Quorate.Etcd.Tests.Requests;

public sealed class PutFieldsTests
{
    private readonly Random _random = new(5);

    [Fact]
    public void They_say_what_the_message_says()
    {
        for (int i = 0; i < 2_000; i++)
        {
            PutRequest request = RandomRequest();

            PutFields.TryRead(request.ToByteArray(), out PutFields fields).ShouldBeTrue();

            ShouldSayTheSame(fields, request);
        }
    }

    [Fact]
    public void Of_a_field_that_comes_twice_the_last_counts_as_it_does_for_the_parser()
    {
        for (int i = 0; i < 500; i++)
        {
            byte[] encoded = [.. RandomRequest().ToByteArray(), .. RandomRequest().ToByteArray()];

            PutFields.TryRead(encoded, out PutFields fields).ShouldBeTrue();

            ShouldSayTheSame(fields, PutRequest.Parser.ParseFrom(encoded));
        }
    }

    [Fact]
    public void Whatever_the_bytes_they_are_left_to_the_parser_or_read_as_it_reads_them()
    {
        int read = 0;
        for (int i = 0; i < 50_000; i++)
        {
            byte[] encoded = RandomRequest().ToByteArray();
            for (int damage = _random.Next(3); damage > 0 && encoded.Length > 0; damage--)
            {
                encoded[_random.Next(Math.Min(encoded.Length, 20))] = (byte)_random.Next(256);
            }

            ReadOnlyMemory<byte> part = encoded.AsMemory(0, _random.Next(4) == 0 ? _random.Next(encoded.Length + 1) : encoded.Length);
            if (PutFields.TryRead(part, out PutFields fields))
            {
                ShouldSayTheSame(fields, PutRequest.Parser.ParseFrom(part.Span));
                read++;
            }
        }

        read.ShouldBeInRange(5_000, 49_000);
    }

    [Fact]
    public void A_field_of_a_later_version_is_left_to_the_parser()
    {
        PutFields.TryRead(new byte[] { 0x0a, 1, (byte)'k', 0x38, 1 }, out _).ShouldBeFalse();
    }

    private static void ShouldSayTheSame(in PutFields fields, PutRequest request)
    {
        fields.Key.Span.SequenceEqual(request.Key.Span).ShouldBeTrue();
        fields.Value.Span.SequenceEqual(request.Value.Span).ShouldBeTrue();
        fields.Lease.ShouldBe(request.Lease);
        fields.WantsPrevious.ShouldBe(request.PrevKv);
        fields.IgnoreValue.ShouldBe(request.IgnoreValue);
        fields.IgnoreLease.ShouldBe(request.IgnoreLease);
    }

    private PutRequest RandomRequest() => new()
    {
        Key = RandomBytes(20),
        Value = RandomBytes(300),
        Lease = _random.Next(3) switch { 0 => 0, 1 => _random.Next(), _ => -_random.NextInt64() },
        PrevKv = _random.Next(2) == 0,
        IgnoreValue = _random.Next(2) == 0,
        IgnoreLease = _random.Next(2) == 0,
    };

    private ByteString RandomBytes(int countMax)
    {
        byte[] bytes = new byte[_random.Next(countMax)];
        _random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
