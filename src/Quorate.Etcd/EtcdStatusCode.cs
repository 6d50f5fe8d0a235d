namespace Quorate.Etcd;

/// <summary>The codes of gRPC that etcd's errors carry. The numbers are those that travel in <c>grpc-status</c>.</summary>
public enum EtcdStatusCode
{
    /// <summary>An error that has no code of its own.</summary>
    Unknown = 2,

    /// <summary>The request can never be right, whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>A limit or a quota is reached.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the request needs.</summary>
    FailedPrecondition = 9,

    /// <summary>The request names something before or after what there is.</summary>
    OutOfRange = 11,

    /// <summary>This server does not do that.</summary>
    Unimplemented = 12,

    /// <summary>Not now; asking again, or elsewhere, may succeed.</summary>
    Unavailable = 14,

    /// <summary>Data is damaged.</summary>
    DataLoss = 15,
}
