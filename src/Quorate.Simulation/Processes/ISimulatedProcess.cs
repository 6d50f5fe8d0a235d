namespace Quorate.Simulation.Processes;

/// <summary>
/// One life of a member's process, as the simulated world drives it: events go in, and <see cref="Pump"/> carries out
/// what they led to. It ends without being told, as a process does.
/// </summary>
public interface ISimulatedProcess
{
    /// <summary>Why it has stopped for good and takes part no more; null while it runs.</summary>
    string? Failure { get; }

    /// <summary>Whether <see cref="Pump"/> has something to do.</summary>
    bool HasWork { get; }

    /// <summary>One tick of its clock has passed.</summary>
    void Tick();

    /// <summary>A frame has arrived. The bytes are the caller's again on return.</summary>
    void FrameReceived(ulong from, ReadOnlyMemory<byte> frame);

    /// <summary>The connection by which a member's frames came has ended.</summary>
    void ConnectionLost(ulong from);

    /// <summary>Its loop comes round.</summary>
    void Pump();
}
