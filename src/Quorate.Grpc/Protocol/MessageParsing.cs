using System.Buffers;
using Google.Protobuf;

namespace Quorate.Grpc.Protocol;

/// <summary>Makes a message of its bytes.</summary>
internal static class MessageParsing
{
    public static T Parse<T>(MessageParser<T> parser, in ReadOnlySequence<byte> bytes)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException malformed)
        {
            throw WireErrors.Unparsable(malformed);
        }
    }
}
