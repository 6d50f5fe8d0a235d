using Quorate.Replica;

namespace Quorate.Simulation.Processes;

/// <summary>The production replica as a process of the simulated world.</summary>
internal sealed class ReplicaProcess(ReplicaNode node) : ISimulatedProcess
{
    public ReplicaNode Node => node;

    public string? Failure => node.Status.Failure;

    public bool HasWork => node.HasWork;

    public void Tick() => node.Tick();

    public void FrameReceived(ulong from, ReadOnlyMemory<byte> frame) => node.FrameReceived(from, frame);

    public void ConnectionLost(ulong from) => node.ConnectionLost(from);

    public void Pump()
    {
        node.Pump();
        node.Flush();
    }
}
