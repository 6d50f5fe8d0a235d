using Quorate.Raft;

namespace Quorate.Simulation;

/// <summary>
/// Looks at a replica between two events, whenever the event has left it in another state: most events of a cluster at rest
/// change nothing that a property could be about.
/// </summary>
public interface IReplicaObserver
{
    /// <summary>
    /// Something of its <see cref="ReplicaSighting"/> is other than at the last look, or this is the first. An exception ends
    /// the run.
    /// </summary>
    /// <param name="member">To whom the event happened. It runs.</param>
    /// <param name="node">The algorithm's part of its replica.</param>
    void Changed(SimulatedMember member, RaftNode node);
}
