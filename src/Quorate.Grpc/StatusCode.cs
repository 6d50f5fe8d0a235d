namespace Quorate.Grpc;

/// <summary>How a call ended. The numbers are those that travel in <c>grpc-status</c>.</summary>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    OK = 0,

    /// <summary>The call was cancelled, as a rule by its caller.</summary>
    Cancelled = 1,

    /// <summary>An error that no other code describes.</summary>
    Unknown = 2,

    /// <summary>The request can never be right, whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call ended; it may still take effect.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>What was to be created exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A limit or a quota is reached.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that this call needs.</summary>
    FailedPrecondition = 9,

    /// <summary>The call was given up because of a conflict with another one.</summary>
    Aborted = 10,

    /// <summary>The request points outside of what there is.</summary>
    OutOfRange = 11,

    /// <summary>The service or the method is not served here.</summary>
    Unimplemented = 12,

    /// <summary>An invariant of the protocol or of the server is broken.</summary>
    Internal = 13,

    /// <summary>The service cannot be reached or cannot serve now.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or damaged beyond repair.</summary>
    DataLoss = 15,

    /// <summary>The caller has not said, or not proved, who it is.</summary>
    Unauthenticated = 16,
}
