using Quorate.Io;
using Quorate.Raft.Messages;
using Quorate.Replica.Wire;

namespace Quorate.Replica.Parts;

/// <summary>Turns messages into frames and hands them to the network.</summary>
internal sealed class PeerSender(FrameEncoder encoder, IPeerNetwork network, ReplicaCounters counters)
{
    public void Send(Message message)
    {
        FrameBuffer frame = encoder.Encode(message);
        counters.FrameSent(frame.Length);
        network.Send(message.To.Value, frame);
    }
}
