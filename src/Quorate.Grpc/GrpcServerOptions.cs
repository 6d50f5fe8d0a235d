namespace Quorate.Grpc;

/// <summary>Limits of the services on a server.</summary>
public sealed class GrpcServerOptions
{
    /// <summary>etcd's request limit of 1.5 MiB, and its 512 KiB of room for what surrounds a request.</summary>
    public const int DefaultReceiveMessageBytesMax = (1536 + 512) * 1024;

    /// <summary>
    /// The largest message that is accepted, after decompression. A larger one ends its call with
    /// <see cref="StatusCode.ResourceExhausted"/> as soon as its length is known.
    /// </summary>
    public int ReceiveMessageBytesMax { get; set; } = DefaultReceiveMessageBytesMax;
}
