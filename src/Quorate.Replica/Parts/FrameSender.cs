using Quorate.Io;
using Quorate.Raft.Messages;
using Quorate.Replica.Wire;

namespace Quorate.Replica.Parts;

/// <summary>Turns messages into frames and hands them to the network, which lets them leave when they are flushed.</summary>
internal sealed class FrameSender(FrameEncoder encoder, IPeerNetwork network, ReplicaCounters counters)
{
    private bool _isFlushDue;

    public void Send(Message message)
    {
        FrameBuffer frame = encoder.Encode(message);
        counters.FrameSent(frame.Length);
        network.Send(message.To.Value, frame);
        _isFlushDue = true;
    }

    /// <summary>Lets what was sent since the last call leave.</summary>
    public void Flush()
    {
        if (_isFlushDue)
        {
            _isFlushDue = false;
            network.Flush();
        }
    }
}
