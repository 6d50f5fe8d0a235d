using Quorate.Io;

namespace Quorate.Runtime;

/// <summary>Where frames go that have arrived from peers: the inbox of a replica's loop.</summary>
public interface IPeerFrameSink
{
    /// <summary>
    /// Takes over a frame and its buffer, in the order of calls for one sender. While the inbox is full the task stays
    /// open, and the connection is not read further: the pressure goes back to the sender, which drops.
    /// </summary>
    /// <param name="from">The member whose connection the frame came by.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="cancellationToken">The connection has ended.</param>
    ValueTask PostAsync(ulong from, FrameBuffer frame, CancellationToken cancellationToken);
}
