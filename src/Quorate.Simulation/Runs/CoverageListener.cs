using Quorate.Raft;
using Quorate.Replica;

namespace Quorate.Simulation.Runs;

/// <summary>Counts what members tell their operator.</summary>
internal sealed class CoverageListener(SimulationCoverage coverage) : IReplicaListener
{
    public void Started(LogPosition lastLog, long snapshotIndex, long term, IReadOnlyList<string> notes) => coverage.Starts++;

    public void RoleChanged(Role from, Role to, long term) => coverage.RoleChanges++;

    public void SnapshotTaken(SnapshotMetadata snapshot, TimeSpan duration) => coverage.SnapshotsTaken++;

    public void SnapshotInstalled(SnapshotMetadata snapshot) => coverage.SnapshotsInstalled++;

    public void FrameRefused(ulong from, FrameRefusal reason, int bytes) => coverage.FramesRefused++;

    public void Failed(string what, Exception error) => coverage.Failures++;
}
