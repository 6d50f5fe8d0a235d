namespace Quorate.Io;

/// <summary>
/// Sends frames to the other members. Frames may be lost, repeated, delayed or reordered;
/// a frame that arrives is whole and as it was sent.
/// </summary>
public interface IPeerNetwork
{
    /// <summary>
    /// Queues a frame and takes over its buffer, which the network disposes. It leaves with the next <see cref="Flush"/>,
    /// or before.
    /// A full queue or a broken connection drops the frame: whoever needs an answer sends again.
    /// </summary>
    /// <param name="peer">Id of the member that the frame is for.</param>
    /// <param name="frame">The encoded frame.</param>
    void Send(ulong peer, FrameBuffer frame);

    /// <summary>Lets the frames queued so far leave, those for one peer together. Does not wait for any of them.</summary>
    void Flush()
    {
    }
}
