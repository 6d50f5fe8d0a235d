using System.Buffers;

namespace Quorate.Grpc.Protocol;

/// <summary>The requests of one call as protobuf bytes, whatever they looked like on their way. One read at a time.</summary>
internal interface IRequestMessages
{
    /// <summary>
    /// Reads the one message of a call that carries exactly one, up to the end of the stream.
    /// Valid until <see cref="Release"/>.
    /// </summary>
    ValueTask<ReadOnlySequence<byte>> ReadSingleAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads the next message of a stream; null once the stream has ended. The message before it is
    /// released. Valid until the next call, or <see cref="Release"/>.
    /// </summary>
    ValueTask<ReadOnlySequence<byte>?> ReadNextAsync(CancellationToken cancellationToken);

    /// <summary>Gives the buffers of the last message back.</summary>
    void Release();
}
