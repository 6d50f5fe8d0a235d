using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Replica;

namespace Quorate.Etcd.Commands;

/// <summary>
/// A command in the log.
/// <code>
///  0      1
/// +------+---------------------------------------
/// | kind | the request, as the client encoded it …
/// +------+---------------------------------------
/// </code>
/// </summary>
internal static class Command
{
    /// <summary>Bytes in front of the request.</summary>
    public const int PrefixLength = 1;

    private const int RequestOffset = Proposal.HeaderLength + PrefixLength;

    /// <summary>
    /// The buffer of a proposal: room for the replica's header, then the command. The request's bytes travel as they
    /// came; where there are none, because it was made here, it is encoded straight into the buffer.
    /// </summary>
    public static Memory<byte> CreateProposalBuffer(CommandKind kind, IMessage request, ReadOnlySpan<byte> encoded)
    {
        if (!encoded.IsEmpty)
        {
            return CreateProposalBuffer(kind, encoded);
        }

        Memory<byte> buffer = NewBuffer(kind, request.CalculateSize());
        request.WriteTo(buffer.Span[RequestOffset..]);
        return buffer;
    }

    /// <summary>The same of a request that is there as bytes.</summary>
    public static Memory<byte> CreateProposalBuffer(CommandKind kind, ReadOnlySpan<byte> encoded)
    {
        Memory<byte> buffer = NewBuffer(kind, encoded.Length);
        encoded.CopyTo(buffer.Span[RequestOffset..]);
        return buffer;
    }

    /// <summary>The kind that a command names.</summary>
    public static CommandKind KindOf(ReadOnlyMemory<byte> command) =>
        command.IsEmpty ? CommandKind.None : (CommandKind)command.Span[0];

    /// <summary>Reads a put; what it says are views into the command.</summary>
    /// <exception cref="UnknownCommandException">The bytes are no such request.</exception>
    public static PutFields ParsePut(in AppliedCommand command) =>
        PutFields.TryRead(command.Command[PrefixLength..], out PutFields fields)
            ? fields
            : PutFields.Of(Parse(command, PutRequest.Parser));

    /// <summary>Reads the request of a command.</summary>
    /// <exception cref="UnknownCommandException">The bytes are no such request.</exception>
    public static TRequest Parse<TRequest>(in AppliedCommand command, MessageParser<TRequest> parser)
        where TRequest : IMessage<TRequest>
    {
        try
        {
            return parser.ParseFrom(command.Command.Span[PrefixLength..]);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new UnknownCommandException(command.Index, $"its bytes are no {typeof(TRequest).Name}", exception);
        }
    }

    private static Memory<byte> NewBuffer(CommandKind kind, int requestLength)
    {
        Memory<byte> buffer = CommandMemory.Allocate(RequestOffset + requestLength);
        Span<byte> prefix = buffer.Span[..RequestOffset];
        prefix.Clear();
        prefix[Proposal.HeaderLength] = (byte)kind;
        return buffer;
    }
}
