using Quorate.Replica;

namespace Quorate.Runtime;

/// <summary>What the loop drives: a <see cref="ReplicaNode"/>, or a twin of it in the loop's own tests.</summary>
internal interface IDrivenReplica : IReplica
{
    /// <inheritdoc cref="ReplicaNode.HasWork"/>
    bool HasWork { get; }

    /// <inheritdoc cref="ReplicaNode.IsAtRest"/>
    bool IsAtRest { get; }

    /// <inheritdoc cref="ReplicaNode.Tick"/>
    void Tick();

    /// <inheritdoc cref="ReplicaNode.FrameReceived"/>
    void FrameReceived(ulong from, ReadOnlyMemory<byte> frame);

    /// <inheritdoc cref="ReplicaNode.ConnectionLost"/>
    void ConnectionLost(ulong from);

    /// <inheritdoc cref="ReplicaNode.RequestSnapshot"/>
    void RequestSnapshot();

    /// <inheritdoc cref="ReplicaNode.Pump"/>
    void Pump();

    /// <inheritdoc cref="ReplicaNode.Flush"/>
    void Flush();

    /// <inheritdoc cref="ReplicaNode.Stop"/>
    void Stop();
}
