using Google.Protobuf;
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

    /// <summary>
    /// The buffer of a proposal: room for the replica's header, then the command. The request's bytes travel as they
    /// came; where there are none, because it was made here, it is encoded straight into the buffer.
    /// </summary>
    public static Memory<byte> CreateProposalBuffer(CommandKind kind, IMessage request, ReadOnlySpan<byte> encoded)
    {
        const int RequestOffset = Proposal.HeaderLength + PrefixLength;
        int length = encoded.IsEmpty ? request.CalculateSize() : encoded.Length;
        byte[] buffer = GC.AllocateUninitializedArray<byte>(RequestOffset + length);
        buffer.AsSpan(0, Proposal.HeaderLength).Clear();
        buffer[Proposal.HeaderLength] = (byte)kind;
        Span<byte> destination = buffer.AsSpan(RequestOffset);
        if (encoded.IsEmpty)
        {
            request.WriteTo(destination);
        }
        else
        {
            encoded.CopyTo(destination);
        }

        return buffer;
    }

    /// <summary>The kind that a command names.</summary>
    public static CommandKind KindOf(ReadOnlyMemory<byte> command) =>
        command.IsEmpty ? CommandKind.None : (CommandKind)command.Span[0];

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
}
