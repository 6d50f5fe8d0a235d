namespace Quorate.Etcd;

/// <summary>
/// A committed command that this version cannot read: a kind it does not know, or bytes that are no such request.
/// A newer member has proposed it. To skip it would let this member's state part from the others', so the member
/// stops, loses nothing, and goes on from here once its program is new enough.
/// </summary>
public sealed class UnknownCommandException : Exception
{
    /// <summary>Creates the exception.</summary>
    public UnknownCommandException(long index, string reason, Exception? cause = null)
        : base($"the command at index {index} cannot be read by this version: {reason}", cause)
    {
        Index = index;
    }

    /// <summary>Where in the log it is.</summary>
    public long Index { get; }
}
