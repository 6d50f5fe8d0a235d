using Quorate.Replica.Requests;

namespace Quorate.Replica;

/// <summary>
/// Something that a client of this member waits for. An object serves for one request. It carries its own links in the
/// replica's queues, so that a waiting request costs no further memory and leaves any queue in constant time.
/// </summary>
public abstract class ReplicaRequest
{
    private protected ReplicaRequest(TimeSpan timeout)
    {
        Timeout = timeout;
    }

    /// <summary>How long to wait for the outcome.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Until when to wait, on the replica's clock.</summary>
    internal TimeSpan Deadline { get; set; }

    /// <summary>The queue it stands in, and its neighbours there.</summary>
    internal RequestLinks Queue;

    /// <summary>The slot of the <see cref="DeadlineWheel"/> it stands in, and its neighbours there.</summary>
    internal RequestLinks Wheel;

    /// <summary>The tick at which the wheel gives it back.</summary>
    internal long DueTick { get; set; }
}
