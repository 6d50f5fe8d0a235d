using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>Where it goes what connections of peers bring, frames and their own end: the inbox of a replica's loop.</summary>
public interface IPeerFrameSink
{
    /// <summary>
    /// Takes over a frame and its buffer, in the order of calls for one sender. While the inbox is full the task stays
    /// open, and the connection is not read further: the pressure goes back to the sender, which drops. It also stays open
    /// while the thread that calls is lent to the log (<see cref="ConnectionThread"/>).
    /// </summary>
    /// <param name="from">The member whose connection the frame came by.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="cancellationToken">The connection has ended.</param>
    ValueTask PostAsync(ulong from, FrameBuffer frame, CancellationToken cancellationToken);

    /// <summary>
    /// The connection that a peer had made has ended, by its doing or the network's, after the last frame that came by it
    /// and before any that comes by the next. Must not wait. Not called for a connection that a newer one of the same
    /// peer has replaced, nor for one that this member has ended itself.
    /// </summary>
    /// <param name="from">The member whose connection it was.</param>
    void ConnectionLost(ulong from);
}
